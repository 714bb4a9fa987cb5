import type { CsvVersion } from "@lotes/core";
import * as z from "zod/mini";

/** What an event tells of one object: its new version; why that is nothing to work on; or why nobody can tell. */
export type Told = { readonly upload: CsvVersion } | { readonly ignored: string } | { readonly unreadable: string };

const name = z.string().check(z.minLength(1));
const size = z.int().check(z.nonnegative());
// S3 writes ETags without quotes into its events, and other stores may write them as in the header.
const etag = z.pipe(
  name,
  z.transform((etag) => etag.replaceAll('"', "")),
);
// EventBridge's are the notification's. The documentation of AWS has them also in small letters and without the two zeros in front.
const sequencer = z.pipe(
  name,
  z.transform((hex) => (/^[\da-f]{16}$/i.test(hex) ? `00${hex}` : hex).toUpperCase()),
);
/** As in the query of a URL: `+` is a space. */
const encodedKey = z.pipe(
  name.check(z.refine((key) => decoded(key) !== undefined)),
  z.transform((key) => decoded(key) ?? key),
);
const bucket = z.object({ name });

/** Followed by how it was created. */
const CREATED = "ObjectCreated:";

/** S3, or a store of its kind: MinIO's events are of `minio:s3`. */
const OF_A_STORE = /^\w+:s3$/;

/** A record of S3's notification (S3 User Guide, "Event message structure"). */
const createdRecord = z.pipe(
  z.object({
    // It is looked at only where there is no sequencer.
    eventTime: z.catch(z.optional(z.iso.datetime()), undefined),
    s3: z.object({ bucket, object: z.object({ key: encodedKey, size, eTag: etag, sequencer: z.optional(sequencer) }) }),
  }),
  z.transform(({ eventTime, s3: { bucket, object } }, context) => {
    const { key, size, eTag, sequencer = eventTime && sequencerAt(new Date(eventTime)) } = object;
    if (sequencer !== undefined) return { bucket: bucket.name, key, etag: eTag, size, sequencer };
    context.issues.push({ code: "custom", path: ["s3", "object", "sequencer"], input: object });
    return z.NEVER;
  }),
);
/** What EventBridge has of S3 (S3 User Guide, "EventBridge event message structure"). Its key is as it is. */
const createdDetail = z.object({ bucket, object: z.object({ key: name, size, etag, sequencer }) });

const notification = z.object({ Records: z.array(z.unknown()) });
const anyRecord = z.object({ eventSource: z.optional(z.string()), eventName: z.optional(z.string()) });
const busEvent = z.object({ source: z.string(), "detail-type": z.string(), detail: z.unknown() });
const testEvent = z.object({ Event: z.literal("s3:TestEvent") });

/**
 * What an event tells of objects, whether S3's notification has sent it or a rule of EventBridge. An upload that both tell of is the same
 * from both.
 * @param event whatever the function was called with
 */
export function uploadsIn(event: unknown): Told[] {
  const ofNotification = notification.safeParse(event);
  if (ofNotification.success) return ofNotification.data.Records.map(uploadInRecord);
  const ofBus = busEvent.safeParse(event);
  if (ofBus.success) return [uploadInBusEvent(ofBus.data)];
  if (testEvent.safeParse(event).success) return [{ ignored: "S3 only tries its notification" }];
  return [{ ignored: `the event is neither of S3 nor of EventBridge: ${shapeOf(event)}` }];
}

function uploadInRecord(record: unknown): Told {
  const { eventSource = "aws:s3", eventName = CREATED } = anyRecord.safeParse(record).data ?? {};
  if (!OF_A_STORE.test(eventSource)) return { ignored: `the event is of ${eventSource}, and not of S3` };
  // Some write the event's name as it is subscribed to.
  if (!eventName.replace(/^s3:/, "").startsWith(CREATED)) return { ignored: `S3's event is ${eventName}` };
  const created = createdRecord.safeParse(record);
  if (!created.success) return { unreadable: `of ${eventName}, ${missingIn(created.error)}` };
  return { upload: created.data };
}

function uploadInBusEvent({ source, "detail-type": type, detail }: z.infer<typeof busEvent>): Told {
  if (source !== "aws.s3" || type !== "Object Created")
    return { ignored: `EventBridge's event is "${type}" of ${source}` };
  const created = createdDetail.safeParse(detail);
  if (!created.success) return { unreadable: `of "${type}", ${missingIn(created.error)}` };
  const { bucket, object } = created.data;
  return { upload: { bucket: bucket.name, ...object } };
}

/**
 * S3 gives each event a sequencer, and some stores give none. The time of the event also tells which of two is the later one, and is the same
 * when an event comes twice.
 */
function sequencerAt(time: Date): string {
  return (BigInt(time.getTime()) << 16n).toString(16).toUpperCase().padStart(18, "0");
}

function decoded(key: string): string | undefined {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function missingIn({ issues }: z.core.$ZodError): string {
  return `${issues.map(({ path }) => path.join(".")).join(", ")} is missing or something else`;
}

function shapeOf(event: unknown): string {
  if (typeof event !== "object" || event === null) return typeof event;
  const fields = Object.keys(event).slice(0, 5);
  return fields.length === 0 ? "it is empty" : `it has ${fields.join(", ")}`;
}
