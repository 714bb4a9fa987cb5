import { OUTPUT_PREFIX } from "@lotes/core/dataset/movies";
import { assertEventBridge, assertNoOtherNotifications } from "./existing-bucket.ts";
import { functionName } from "./names.ts";
import { type DeploymentSettings, OLD_VERSIONS_DAYS } from "./settings.ts";

// An upload takes minutes. What is a week old was given up, and its parts cost as much as an object.
const ABORT_UPLOADS_DAYS = 7;

export interface Storage {
  /** The data lake's bucket. */
  readonly dataLake: sst.aws.Bucket;
  /** What the operator is to put right about it, if anything. */
  readonly advice: string | undefined;
}

/** An existing bucket as it is, or a private one of the stage's own. */
export async function storage(settings: DeploymentSettings): Promise<Storage> {
  return settings.existingBucket === undefined
    ? { dataLake: ownBucket(settings), advice: undefined }
    : existing(settings.existingBucket, settings);
}

async function existing(name: string, { trigger }: DeploymentSettings): Promise<Storage> {
  const producer = functionName("producer");
  const dataLake = () => sst.aws.Bucket.get("DataLake", name);
  if (trigger === "s3") {
    await assertNoOtherNotifications(name, producer);
    return { dataLake: dataLake(), advice: undefined };
  }
  const advice = (await assertEventBridge(name, producer))
    ? `${name} still notifies ${producer}, which has a rule of EventBridge now: remove that notification in the bucket's properties`
    : undefined;
  return { dataLake: dataLake(), advice };
}

function ownBucket({ keepsData, kmsKeyArn, expireRecordsDays }: DeploymentSettings): sst.aws.Bucket {
  const dataLake = new sst.aws.Bucket("DataLake", {
    // A run removes the files of the one before it, and a mistaken upload replaces a CSV: both can be brought back.
    versioning: true,
    enforceHttps: true,
    // SST's default lets any website in.
    cors: false,
    // SST's default deletes a bucket with all that is in it.
    transform: { bucket: { forceDestroy: !keepsData } },
  });
  new aws.s3.BucketLifecycleConfiguration("DataLakeLifecycle", {
    bucket: dataLake.name,
    rules: [
      {
        id: "old-versions-and-aborted-uploads",
        status: "Enabled",
        filter: {},
        noncurrentVersionExpiration: { noncurrentDays: OLD_VERSIONS_DAYS },
        abortIncompleteMultipartUpload: { daysAfterInitiation: ABORT_UPLOADS_DAYS },
        // A delete marker is what a removed file leaves once its versions are gone.
        expiration: { expiredObjectDeleteMarker: true },
      },
      ...(expireRecordsDays > 0 ? [expiryOf(expireRecordsDays)] : []),
    ],
  });
  if (kmsKeyArn !== undefined) {
    new aws.s3.BucketServerSideEncryptionConfiguration("DataLakeEncryption", {
      bucket: dataLake.name,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
          // One request to KMS for many objects, not one for each.
          bucketKeyEnabled: true,
        },
      ],
    });
  }
  return dataLake;
}

/** TMDB's terms allow to keep what it gave for six months, old versions among it. The CSVs are not TMDB's. */
function expiryOf(days: number) {
  return {
    id: "records",
    status: "Enabled",
    filter: { prefix: OUTPUT_PREFIX },
    expiration: { days },
    noncurrentVersionExpiration: { noncurrentDays: OLD_VERSIONS_DAYS },
  };
}
