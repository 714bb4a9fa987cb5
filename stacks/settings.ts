import { LONGEST_KEPT_DAYS } from "@lotes/core/dataset/movies";
import { readEnvironment, wholeNumber } from "@lotes/core/read-environment";
import { loadSettings, SETTING_NAMES, type Settings, SettingsError } from "@lotes/core/settings";
import * as z from "zod/mini";

/** What differs between a stage that people rely on and one to try things in. */
export interface StageSettings {
  /** Whether `sst remove` is refused, and the bucket stays even then. */
  readonly keepsData: boolean;
  /** How long the functions' logs are kept. */
  readonly logRetention: "1 week" | "3 months";
}

/** Everything that decides what is deployed. */
export interface DeploymentSettings extends StageSettings, Settings {
  /** Those of the functions' settings that were given, as they find them in their environment. The token is a secret, and not among them. */
  readonly functionEnvironment: Readonly<Record<string, string>>;
  /** An existing data lake; without one the stage gets a bucket of its own. */
  readonly existingBucket: string | undefined;
  /** Who tells the producer of an upload: the bucket's own notification, or a rule of EventBridge, which leaves that notification alone. */
  readonly trigger: (typeof TRIGGERS)[number];
  /** The ARN of the key under which the data lies, which the functions may use; without one S3 and SQS encrypt with keys of their own. */
  readonly kmsKeyArn: string | undefined;
  /** The ARN of the policy that bounds what every role of the deployment may do, whatever its own policies say. */
  readonly permissionsBoundary: string | undefined;
  /** Who gets the alarms; without one they only show in CloudWatch. */
  readonly alarmEmail: string | undefined;
  /** Whether concurrency is reserved for the functions. An account limited to 10 concurrent executions has none to reserve. */
  readonly reservesConcurrency: boolean;
  /** Whether there is a database in Glue's catalog, for Athena. */
  readonly hasTables: boolean;
  /** After how many days what a run has written expires in a bucket of the stage's own; 0 for never. */
  readonly expireRecordsDays: number;
}

const TRIGGERS = ["s3", "eventbridge"] as const;

/**
 * For how many days the bucket keeps what was replaced, removed or has expired: time enough to notice that a run replaced what it should not
 * have, and to bring back the old versions.
 */
export const OLD_VERSIONS_DAYS = 30;
// What has expired is an old version for some time more.
const MOST_EXPIRE_DAYS = LONGEST_KEPT_DAYS - OLD_VERSIONS_DAYS;

const flag = z.pipe(
  z._default(z.enum(["true", "false"]), "true"),
  z.transform((value) => value === "true"),
);

/** What a deployment can be told beside the settings of the functions. */
const schema = {
  DATA_LAKE_BUCKET: {
    type: z.optional(z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/))),
    takes: "the name of an existing S3 bucket, without s3://",
  },
  TRIGGER: { type: z._default(z.enum(TRIGGERS), "s3"), takes: TRIGGERS.join(" or ") },
  KMS_KEY_ARN: {
    // The permission to use a key can't be given by way of an alias.
    type: z.optional(z.string().check(z.regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/))),
    takes: "the ARN of a KMS key, such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-…, and not that of an alias",
  },
  PERMISSIONS_BOUNDARY: {
    type: z.optional(z.string().check(z.regex(/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]*[\w+=,.@-]$/))),
    takes: "the ARN of a policy, such as arn:aws:iam::123456789012:policy/boundary",
  },
  ALARM_EMAIL: { type: z.optional(z.email()), takes: "an e-mail address" },
  RESERVE_CONCURRENCY: { type: flag, takes: "true or false" },
  GLUE: { type: flag, takes: "true or false" },
  EXPIRE_RECORDS_DAYS: {
    type: z._default(wholeNumber(0, MOST_EXPIRE_DAYS), 0),
    takes: `a whole number of days from 0 to ${MOST_EXPIRE_DAYS}; 0 keeps the records for good`,
  },
} as const;

// Both names count as production: under the wrong one the bucket would be lost.
const PRODUCTION = ["prod", "production"];

/** The stage-dependent settings. Every stage but production is to be thrown away without a trace. */
export function stageSettings(stage: string): StageSettings {
  // Three months: an incident is looked into within weeks, and the ledger keeps the reasons for good.
  return PRODUCTION.includes(stage)
    ? { keepsData: true, logRetention: "3 months" }
    : { keepsData: false, logRetention: "1 week" };
}

/**
 * The settings of a deployment, from the environment of `sst deploy` and its `.env` and `.env.{stage}` files.
 * @throws {SettingsError}
 */
export function deploymentSettings(
  stage: string,
  env: Readonly<Record<string, string | undefined>>,
): DeploymentSettings {
  // The token may be in .env for runs on the developer's machine. A deployment has it from SST's secrets only.
  const { TMDB_TOKEN: _, ...settingsEnv } = env;
  const settings = loadSettings(settingsEnv);
  if (!settings.tmdb.baseUrl.startsWith("https://")) {
    throw new SettingsError(
      `TMDB_BASE_URL must be an https:// URL in a deployment, since the token travels with each request, not "${settings.tmdb.baseUrl}"`,
    );
  }
  const given = readEnvironment(schema, env);
  if (given.TRIGGER === "eventbridge" && given.DATA_LAKE_BUCKET === undefined) {
    throw new SettingsError(
      "TRIGGER=eventbridge needs DATA_LAKE_BUCKET, since nobody else sets up the notifications of a stage's own bucket: name an existing bucket, or leave TRIGGER unset",
    );
  }
  checkExpiry(given.EXPIRE_RECORDS_DAYS, given.DATA_LAKE_BUCKET, settings);
  const ofFunctions = SETTING_NAMES.flatMap((name) => {
    const value = settingsEnv[name]?.trim();
    return value ? [[name, value]] : [];
  });
  return {
    ...stageSettings(stage),
    ...settings,
    functionEnvironment: Object.fromEntries(ofFunctions),
    existingBucket: given.DATA_LAKE_BUCKET,
    trigger: given.TRIGGER,
    kmsKeyArn: given.KMS_KEY_ARN,
    permissionsBoundary: given.PERMISSIONS_BOUNDARY,
    alarmEmail: given.ALARM_EMAIL,
    reservesConcurrency: given.RESERVE_CONCURRENCY,
    hasTables: given.GLUE,
    expireRecordsDays: given.EXPIRE_RECORDS_DAYS,
  };
}

function checkExpiry(days: number, existingBucket: string | undefined, { reuseHours }: Settings): void {
  if (days === 0) return;
  if (existingBucket !== undefined) {
    throw new SettingsError(
      "EXPIRE_RECORDS_DAYS is for a bucket of the stage's own, since S3 keeps one lifecycle configuration for a bucket: " +
        `leave it out, and add the rule in docs/deployment.md to those of ${existingBucket}`,
    );
  }
  const most = MOST_EXPIRE_DAYS - Math.ceil(reuseHours / 24);
  if (days > most) {
    throw new SettingsError(
      `EXPIRE_RECORDS_DAYS must be at most ${most} with REUSE_HOURS=${reuseHours}, since a reused record has that age already: ` +
        `with the ${OLD_VERSIONS_DAYS} days of old versions it may be kept for ${LONGEST_KEPT_DAYS} days`,
    );
  }
}
