import { join } from "node:path";

// Without a bundle `lotes` starts from its sources. So nothing that happens here stops an installation.
try {
  const { bundleLotes } = await import("../src/bundle-lotes.ts");
  await bundleLotes(join(import.meta.dirname, "../../.."));
} catch (error) {
  process.stderr.write(`lotes will start from its sources, which takes longer: ${error.message}\n`);
}
