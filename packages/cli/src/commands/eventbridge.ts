import { type Command, InvalidArgumentError } from "commander";
import { COMMAND } from "../command-name.ts";
import { JSON_HELP } from "../help.ts";

/** Has an existing bucket send its events to EventBridge, for a stage with TRIGGER=eventbridge. */
export function eventbridge(program: Command): void {
  program
    .command("eventbridge")
    .description("have an existing bucket send its events to EventBridge, too")
    .argument("<bucket>", "the bucket of DATA_LAKE_BUCKET", bucketName)
    .option("--json", JSON_HELP)
    .addHelpText(
      "after",
      `
A stage with TRIGGER=eventbridge needs it. Whom the bucket notifies besides stays.
It talks to AWS with your credentials, as the AWS CLI does.

Examples:
  ${COMMAND} eventbridge the-lake
  AWS_PROFILE=work ${COMMAND} eventbridge the-lake --json`,
    )
    .action(async (bucket, { json }) => {
      const { switchOnEventBridge } = await import("@lotes/aws");
      const { plural, printJson, printLines } = await import("../output.ts");

      const { switched, notified } = await switchOnEventBridge(bucket);
      if (json) return printJson({ bucket, switched, notified });
      const sends = switched ? "now sends" : "already sent";
      const others =
        notified.length === 0
          ? "It notifies nobody else"
          : `Its ${plural(notified.length, "notification")} stayed as before: ${notified.join(", ")}`;
      printLines([`${bucket} ${sends} its events to EventBridge. ${others}.`]);
    });
}

function bucketName(text: string): string {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text)) {
    throw new InvalidArgumentError("It must be the name of an S3 bucket, without s3://.");
  }
  return text;
}
