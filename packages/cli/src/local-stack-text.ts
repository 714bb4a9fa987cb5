import { inputKey } from "@lotes/core";
import { COMMAND } from "./command-name.ts";
import { LOCAL_DATA_DIR } from "./local-state.ts";
import { today } from "./today.ts";

/**
 * That the local stack is up and what to do with it, for people.
 * @param page the address of its page
 */
export function welcomeLines(url: string, bucket: string, page: string): string[] {
  return [
    "",
    `Its page: ${page}`,
    "",
    `The local stack is up: S3 and SQS at ${url}, its state in ${LOCAL_DATA_DIR}/`,
    "",
    "In another terminal, in the same directory:",
    "",
    `  ${COMMAND} ingest movies.csv     drops a CSV`,
    `  ${COMMAND} status --watch        follows it`,
    `  ${COMMAND} errors                tells what failed; ${COMMAND} replay sends it again`,
    "",
    "Or with the AWS CLI:",
    "",
    "  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1",
    `  aws --endpoint-url ${url} s3 cp movies.csv \\`,
    `    s3://${bucket}/${inputKey(today())}`,
    "",
    "Ctrl-C stops it. Started again, it goes on where it was.",
    "",
  ];
}
