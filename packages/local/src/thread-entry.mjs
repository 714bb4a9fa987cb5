// Plain JavaScript, for what enables the cache can't be in it: Node would load its TypeScript compiler first, which takes 80 ms.
import { enableCompileCache } from "node:module";

enableCompileCache();
await import(process.argv.at(-1));
