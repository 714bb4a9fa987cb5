import { describe, expect, test } from "vitest";
import { deploymentSettings } from "../settings.ts";

describe("the settings of a deployment", () => {
  test("need no variable at all", () => {
    expect(deploymentSettings("prod", {})).toMatchObject({
      consumerConcurrency: 2,
      functionEnvironment: {},
      existingBucket: undefined,
      trigger: "s3",
      alarmEmail: undefined,
      reservesConcurrency: true,
      hasTables: true,
      expireRecordsDays: 0,
    });
  });

  test.each([
    ["DATA_LAKE_BUCKET", "s3://the-lake", "the name of an existing S3 bucket, without s3://"],
    ["TRIGGER", "sqs", "s3 or eventbridge"],
    ...[
      "alias/the-lake",
      "1234abcd-12ab-34cd-56ef-1234567890ab",
      "arn:aws:kms:us-east-1:123456789012:alias/the-lake",
      "arn:aws:kms:us-east-1:123456789012:key/*",
      "arn:aws:kms:us-east-1:*:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      "arn:aws:kms::123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      "arn:aws:s3:::the-lake",
    ].map((arn) => [
      "KMS_KEY_ARN",
      arn,
      "the ARN of a KMS key, such as arn:aws:kms:us-east-1:123456789012:key/1234abcd-…, and not that of an alias",
    ]),
    ...[
      "boundary",
      "arn:aws:iam::123456789012:role/boundary",
      "arn:aws:iam::123456789012:policy/",
      "arn:aws:iam::123456789012:policy/*",
      "arn:aws:iam:us-east-1:123456789012:policy/boundary",
    ].map((arn) => [
      "PERMISSIONS_BOUNDARY",
      arn,
      "the ARN of a policy, such as arn:aws:iam::123456789012:policy/boundary",
    ]),
    ["ALARM_EMAIL", "ops", "an e-mail address"],
    ["RESERVE_CONCURRENCY", "no", "true or false"],
    ["GLUE", "off", "true or false"],
    ["EXPIRE_RECORDS_DAYS", "180", "a whole number of days from 0 to 150; 0 keeps the records for good"],
    ["EXPIRE_RECORDS_DAYS", "-1", "a whole number of days from 0 to 150; 0 keeps the records for good"],
  ])("name what is wrong about %s", (name, value, takes) => {
    expect(() => deploymentSettings("prod", { [name]: value })).toThrow(`${name} must be ${takes}, not "${value}"`);
  });

  test.each([
    ["KMS_KEY_ARN", "kmsKeyArn", "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    [
      "KMS_KEY_ARN",
      "kmsKeyArn",
      "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab",
    ],
    ["PERMISSIONS_BOUNDARY", "permissionsBoundary", "arn:aws:iam::123456789012:policy/teams/data/boundary_1"],
    ["PERMISSIONS_BOUNDARY", "permissionsBoundary", "arn:aws-cn:iam::aws:policy/PowerUserAccess"],
  ])("take %s as %s: %s", (name, setting, arn) => {
    expect(deploymentSettings("prod", { [name]: arn })).toMatchObject({ [setting]: arn });
    expect(deploymentSettings("prod", {})).toMatchObject({ [setting]: undefined });
  });

  test("have a bucket of the stage's own tell of its uploads itself", () => {
    expect(() => deploymentSettings("prod", { TRIGGER: "eventbridge" })).toThrow(
      /^TRIGGER=eventbridge needs DATA_LAKE_BUCKET, [^\n]+ leave TRIGGER unset$/,
    );
    expect(deploymentSettings("prod", { TRIGGER: "s3" })).toMatchObject({ trigger: "s3" });
    expect(deploymentSettings("prod", { TRIGGER: "eventbridge", DATA_LAKE_BUCKET: "the-lake" })).toMatchObject({
      trigger: "eventbridge",
      existingBucket: "the-lake",
    });
  });

  test("let records expire within six months: with their old versions, and with the age of those that are reused", () => {
    const settings = (days: string, hours: string) =>
      deploymentSettings("prod", { EXPIRE_RECORDS_DAYS: days, REUSE_HOURS: hours });
    expect(settings("150", "0").expireRecordsDays).toBe(150);
    expect(settings("148", "48").expireRecordsDays).toBe(148);
    expect(settings("0", "4320").expireRecordsDays).toBe(0);
    expect(() => settings("148", "49")).toThrow("EXPIRE_RECORDS_DAYS must be at most 147 with REUSE_HOURS=49");
  });

  test("let nothing expire in a bucket that is somebody else's, whose own rules would be gone", () => {
    const settings = { EXPIRE_RECORDS_DAYS: "150", DATA_LAKE_BUCKET: "the-lake" };
    expect(() => deploymentSettings("prod", settings)).toThrow(
      /add the rule in docs\/deployment\.md to those of the-lake$/,
    );
  });

  test("refuse a TMDB that the token would travel to unencrypted", () => {
    expect(() => deploymentSettings("prod", { TMDB_BASE_URL: "http://tmdb.example" })).toThrow(
      'TMDB_BASE_URL must be an https:// URL in a deployment, since the token travels with each request, not "http://tmdb.example"',
    );
  });

  test("pass on what was given, and never the token", () => {
    const { functionEnvironment } = deploymentSettings("prod", {
      MIN_VOTES: " 5000 ",
      GENRES: "",
      TMDB_TOKEN: "secret",
    });
    expect(functionEnvironment).toEqual({ MIN_VOTES: "5000" });
  });

  test.each(["prod", "production"])("keep the data and the logs of %s", (stage) => {
    expect(deploymentSettings(stage, {})).toMatchObject({ keepsData: true, logRetention: "3 months" });
  });

  test.each(["dev", "ana", "preprod"])("keep nothing of %s", (stage) => {
    expect(deploymentSettings(stage, {})).toMatchObject({ keepsData: false, logRetention: "1 week" });
  });
});
