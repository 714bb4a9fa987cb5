import { enableCompileCache, registerHooks } from "node:module";

// A third of the time until a command begins is Node compiling what it compiled the last time.
enableCompileCache();

// zod brings its messages in 65 languages, a file each. No message of zod's is ever shown, and a sixth of the time is reading them.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "../locales/index.js" ? "../locales/en.js" : specifier, context),
});

await import("../src/main.ts");
