#!/usr/bin/env node
import * as nodeModule from "node:module";

// Plain JavaScript, so that a Node too old for the TypeScript sources can still say so.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  // A third of the time until a command begins is Node compiling what it compiled the last time.
  nodeModule.enableCompileCache();
  await import("../src/main.ts");
} else {
  process.stderr.write(
    `lotes needs Node 22.18 or later, and this is ${process.version}: install Node 24 from https://nodejs.org\n`,
  );
  process.exitCode = 1;
}
