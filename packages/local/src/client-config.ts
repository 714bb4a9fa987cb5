import { devNull } from "node:os";

/** Any key will do: the emulator checks none, and the SDK only needs one. */
const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" } as const;
export const LOCAL_REGION = "us-east-1";

/** How the SDK's clients reach S3 and SQS on this machine. */
export type ClientConfig = ReturnType<typeof clientConfigFor>;

/**
 * How the SDK's clients reach the embedded S3 and SQS.
 *
 * The user's AWS settings are for AWS: with `AWS_USE_FIPS_ENDPOINT`, for one, no call here could be made. The SDK takes what it is not
 * given from `AWS_…` variables and from the files in ~/.aws, so it is given everything it would look for there; most are its own defaults.
 * @param url of the emulator
 */
export function clientConfigFor(url: string) {
  return {
    endpoint: url,
    region: LOCAL_REGION,
    credentials: LOCAL_CREDENTIALS,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    defaultsMode: "legacy" as const,
    maxAttempts: 3,
    retryMode: "standard",
    requestChecksumCalculation: "WHEN_SUPPORTED" as const,
    responseChecksumValidation: "WHEN_SUPPORTED" as const,
    authSchemePreference: [] as string[],
    sigv4aSigningRegionSet: [LOCAL_REGION] as string[],
    useArnRegion: false,
    disableS3ExpressSessionAuth: false,
    userAgentAppId: async () => undefined,
  };
}

/**
 * The same for a function, which makes its clients by itself, as in Lambda: all that its environment says of AWS.
 * @param url of the emulator
 */
export function awsEnvironment(url: string): Record<string, string> {
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ENDPOINT_URL_SQS: url,
    // Without these, the SDK would read the files in the user's ~/.aws.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}
