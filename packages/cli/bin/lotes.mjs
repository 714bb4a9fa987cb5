import { enableCompileCache } from "node:module";

// A third of the time until a command begins is Node compiling what it compiled the last time.
enableCompileCache();
await import("../src/main.ts");
