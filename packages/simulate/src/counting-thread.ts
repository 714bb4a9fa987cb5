// A thread of runSchedules that counts which branches are taken. V8 counts exactly what it compiles after it was told to.
import { countBranches } from "./branches.ts";

await countBranches();
await import("./thread.ts");
