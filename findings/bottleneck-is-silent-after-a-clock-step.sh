#!/usr/bin/env bash
# Bottleneck: a limiter falls silent for as long as the wall clock was set back.
#
# Guess:    minTime is a distance between two jobs, kept by timers. Setting the wall clock back by three seconds (as time synchronisation
#           does) changes nothing: the next job starts 50 ms later.
# Happens:  the limiter keeps the instant of the next start by Date.now(). The next job starts some three seconds later; so it does with
#           minTime 0, where no distance was asked for.
# Versions: bottleneck 2.19.5 (bottleneck/light.js does the same)
# Date:     2026-11-27
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund bottleneck@2.19.5
cat >step.mjs <<'JS'
import Bottleneck from "bottleneck";

const now = Date.now;
for (const minTime of [50, 0]) {
  Date.now = now;
  const limiter = new Bottleneck({ minTime });
  await limiter.schedule(async () => {});
  // The wall clock is set back.
  Date.now = () => now() - 3_000;
  const began = performance.now();
  await limiter.schedule(async () => {});
  const seconds = (performance.now() - began) / 1_000;
  console.log(`minTime ${minTime}: the next job started after ${seconds.toFixed(1)} s`);
  if (seconds < 2.5) process.exitCode = 1;
}
JS
node step.mjs
