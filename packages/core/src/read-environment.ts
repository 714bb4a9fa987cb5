import * as z from "zod/mini";

/** What the process was told to do differently from the defaults, and can't. The message is one line for the operator. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** One setting: how its text is read, its default among it, and for the error line what it takes. */
export interface SettingType {
  readonly type: z.ZodMiniType<unknown, string | undefined>;
  readonly takes: string;
  /** Whether a value is not for error lines. */
  readonly isSecret?: (given: string) => boolean;
}

/** The text of a whole number between two. */
export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z
    .pipe(z.string().check(z.regex(/^\d+$/)), z.transform(Number))
    .check(z.refine((value) => value >= least && value <= most));

type Values<S extends Readonly<Record<string, SettingType>>> = { [K in keyof S]: z.infer<S[K]["type"]> };

/**
 * Reads settings from an environment and checks them.
 * @throws {SettingsError} naming each wrong setting, what it takes and what it was given (never a secret)
 */
export function readEnvironment<S extends Readonly<Record<string, SettingType>>>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): Values<S> {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, { type, takes, isSecret = () => false }] of Object.entries(schema)) {
    // A variable that is set to nothing means the default, as `NAME= command` does for most tools.
    const given = unquoted(env[name]?.trim() ?? "") || undefined;
    const result = type.safeParse(given);
    if (result.success) values[name] = result.data;
    else wrong.push(`${name} must be ${takes}${isSecret(given ?? "") ? "" : `, not ${JSON.stringify(given)}`}`);
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join("; "));
  return values as Values<S>;
}

/** `docker --env-file` and cmd.exe's `set` keep the quotes around a value. None of the settings begins and ends with one. */
function unquoted(given: string): string {
  return /^(["'])(.*)\1$/s.exec(given)?.[2]?.trim() ?? given;
}
