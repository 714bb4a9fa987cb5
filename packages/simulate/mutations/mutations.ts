import { BROKEN_RULES } from "./broken-rules.ts";
import { EARLIER_BUILDS } from "./earlier-builds.ts";
import { FOUND_FAULTS } from "./found-faults.ts";
import type { Mutation } from "./mutation.ts";

export const MUTATIONS: readonly Mutation[] = [...BROKEN_RULES, ...EARLIER_BUILDS, ...FOUND_FAULTS];
