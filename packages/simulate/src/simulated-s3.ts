import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { type Bucket, BucketError, type StoredObject } from "./bucket.ts";
import type { Call } from "./fault.ts";
import { KnownObjects } from "./known-objects.ts";
import type { ServiceCalls, ServiceErrors } from "./service-calls.ts";
import type { Simulation } from "./simulation.ts";

type ObjectCommand = GetObjectCommand | HeadObjectCommand | PutObjectCommand | DeleteObjectCommand;
type Command = ObjectCommand | ListObjectsV2Command;

// The default of the SDK.
const ATTEMPTS = 3;
// A page of S3 has 1,000 keys. Smaller pages show the same with less work, as long as there are not many of them.
const PAGE_SIZES = [1, 2, 3, 1_000];
const MOST_PAGES = 8;

const STATUS: Readonly<Record<string, number>> = {
  PreconditionFailed: 412,
  ConditionalRequestConflict: 409,
  NoSuchKey: 404,
  NotFound: 404,
  MetadataTooLarge: 400,
  InvalidRange: 416,
  SlowDown: 503,
  InternalError: 500,
};

function s3Error(name: string): S3ServiceException {
  const $metadata = { httpStatusCode: STATUS[name] ?? 500 };
  if (name === "NoSuchKey") return new NoSuchKey({ message: name, $metadata });
  return new S3ServiceException({ name, message: name, $fault: "client", $metadata });
}

const ERRORS: ServiceErrors = {
  throttled: () => s3Error("SlowDown"),
  broken: () => s3Error("InternalError"),
  conflict: () => s3Error("ConditionalRequestConflict"),
};

/** Makes the S3 clients of one process, in the place of `new S3Client`. */
export function connectToS3(bucket: Bucket, calls: ServiceCalls, simulation: Simulation) {
  const known = new KnownObjects();
  return ({ maxAttempts = ATTEMPTS, requestHandler }: S3ClientConfig): S3Client => {
    let pages = 0;
    const pageSize = () => simulation.choices.pick(`${calls.process.name} page ${++pages}`, PAGE_SIZES);
    const send = (command: Command) =>
      calls.make(callOf(command), Number(maxAttempts), ERRORS, () => {
        try {
          if (command instanceof ListObjectsV2Command) return list(command.input, bucket, pageSize());
          return performKnowingly(command, bucket, known, simulation.time.now);
        } catch (error) {
          // Not `instanceof S3ServiceException`: the SDK makes a long search of that.
          throw error instanceof BucketError ? s3Error(error.name) : error;
        }
      });
    // The SDK's paginator accepts only an S3Client.
    return Object.assign(Object.create(S3Client.prototype), { config: { requestHandler }, send, destroy() {} });
  };
}

function callOf(command: Command): Call {
  if (command instanceof ListObjectsV2Command)
    return { service: "s3", does: "lists the lotes", key: command.input.Prefix };
  const key = command.input.Key ?? "";
  const { reads, looks, writes, removes } = namesFor(key);
  if (command instanceof GetObjectCommand) return { service: "s3", does: reads, key };
  if (command instanceof HeadObjectCommand) return { service: "s3", does: looks, key };
  const { IfMatch, IfNoneMatch } = command.input as PutObjectCommand["input"];
  const conditional = IfMatch !== undefined || IfNoneMatch !== undefined;
  return { service: "s3", does: command instanceof PutObjectCommand ? writes : removes, key, conditional };
}

/** What the calls for an object are named. Each text is made once: they are the keys of what is counted. */
function names(what: string) {
  return { reads: `reads ${what}`, looks: `looks at ${what}`, writes: `writes ${what}`, removes: `removes ${what}` };
}

const RUN_FILE = names("the run file");
const LEDGER = names("the ledger");
const LEDGER_PART = names("a part of the ledger");
const MANIFEST = names("the manifest");
const CSV = names("the CSV");
const LOTE = names("a lote");

function namesFor(key: string) {
  const name = key.slice(key.lastIndexOf("/") + 1);
  switch (name) {
    case "_run.json":
      return RUN_FILE;
    case "erros_geral.json":
      return LEDGER;
    case "_manifest.json":
      return MANIFEST;
  }
  if (name.startsWith("_erros_")) return LEDGER_PART;
  return name.endsWith(".csv") ? CSV : LOTE;
}

/** Performs a command, unless it would do harm that is not simulated. S3 is down for that. */
function performKnowingly(command: ObjectCommand, bucket: Bucket, known: KnownObjects, nowMs: number): unknown {
  const { Key = "" } = command.input;
  const isChange = command instanceof PutObjectCommand || command instanceof DeleteObjectCommand;
  if (isChange && known.holdsByChance(Key, bucket.get(Key), nowMs)) throw s3Error("InternalError");
  const done = perform(command, bucket);
  known.know(Key, bucket.get(Key), nowMs);
  return done;
}

function perform(command: ObjectCommand, bucket: Bucket): unknown {
  if (command instanceof GetObjectCommand) return get(command.input, bucket);
  if (command instanceof HeadObjectCommand) {
    const { Key = "", IfMatch } = command.input;
    const object = bucket.get(Key);
    // An answer to a HEAD has no body to tell an error by.
    if (object === undefined) throw s3Error("NotFound");
    return headersOf(matching(object, IfMatch));
  }
  if (command instanceof PutObjectCommand) {
    const { Key = "", Body, Metadata = {}, IfMatch: ifMatch, IfNoneMatch: ifNoneMatch } = command.input;
    return headersOf(bucket.put(Key, textOf(Body), Metadata, { ifMatch, ifNoneMatch }));
  }
  bucket.remove(command.input.Key ?? "", { ifMatch: command.input.IfMatch });
  return {};
}

/** A body that functions send: a text, or a stream that has each of its pieces at once. */
function textOf(body: PutObjectCommand["input"]["Body"]): string {
  if (!(body instanceof Readable)) return String(body);
  const pieces: Buffer[] = [];
  for (let piece = body.read(); piece !== null; piece = body.read()) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

function matching(object: StoredObject, ifMatch: string | undefined): StoredObject {
  if (ifMatch !== undefined && object.etag !== ifMatch.replaceAll('"', "")) throw s3Error("PreconditionFailed");
  return object;
}

function headersOf({ bytes, etag, metadata, modifiedAt, version }: StoredObject) {
  return {
    ETag: `"${etag}"`,
    Metadata: { ...metadata },
    LastModified: modifiedAt,
    VersionId: version,
    ContentLength: bytes,
  };
}

function get({ Key = "", IfMatch, Range, VersionId }: GetObjectCommand["input"], bucket: Bucket) {
  const object = bucket.get(Key, VersionId);
  if (object === undefined) throw s3Error("NoSuchKey");
  matching(object, IfMatch);
  if (Range === undefined)
    return { ...headersOf(object), Body: { transformToString: async () => String(object.body) } };
  const bytes = typeof object.body === "string" ? Buffer.from(object.body) : object.body;
  const [, first = "0", last = "0"] = /^bytes=(\d+)-(\d+)$/.exec(Range) ?? [];
  if (Number(first) >= bytes.length) throw s3Error("InvalidRange");
  const end = Math.min(Number(last) + 1, bytes.length);
  return {
    ...headersOf(object),
    ContentRange: `bytes ${first}-${end - 1}/${bytes.length}`,
    Body: Readable.from([bytes.subarray(Number(first), end)], { objectMode: false }),
  };
}

function folders(prefix: string, bucket: Bucket): { Prefix: string }[] {
  const names = bucket.keys(prefix).flatMap((key) => /^[^/]*\//.exec(key.slice(prefix.length))?.[0] ?? []);
  return [...new Set(names)].map((name) => ({ Prefix: prefix + name }));
}

function list(
  { Prefix = "", ContinuationToken = "", Delimiter }: ListObjectsV2Command["input"],
  bucket: Bucket,
  most: number,
) {
  // Folders are asked for by one page, and a page of S3 has room for all of them.
  if (Delimiter !== undefined) return { Contents: [], CommonPrefixes: folders(Prefix, bucket) };
  const all = bucket.keys(Prefix);
  const keys = all.filter((key) => key > ContinuationToken);
  const page = keys.slice(0, Math.max(most, Math.ceil(all.length / MOST_PAGES)));
  const isTruncated = keys.length > page.length;
  return {
    Contents: page.map((Key) => ({ Key, ...headersOf(bucket.get(Key) as StoredObject) })),
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? page.at(-1) : undefined,
  };
}
