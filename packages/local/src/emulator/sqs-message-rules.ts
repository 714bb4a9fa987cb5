/** What SQS takes of a message, by its API reference for SendMessage. */
export interface MessageToSend {
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
}

export interface MessageAttribute {
  readonly DataType?: string;
  readonly StringValue?: string;
  /** In base64. */
  readonly BinaryValue?: string;
}

/** Why SQS refuses a message: its error's code and words. */
export interface MessageRefusal {
  readonly code: string;
  readonly message: string;
}

export const LARGEST_MESSAGE_BYTES = 1_048_576;
const LONGEST_DELAY_SECONDS = 900;
const MOST_ATTRIBUTES = 10;

// A half of a surrogate pair is none of these characters.
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
// Told ten times as fast, and most of what is sent is no more.
const PLAIN = /^[\t\n\r -~]*$/;
const FORBIDDEN_TOLD =
  "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.";

const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)[\w-]+(\.[\w-]+)*$/i;
const ATTRIBUTE_TYPE = /^(String|Number|Binary)(\..+)?$/;
const LONGEST_NAME = 256;

// 38 digits, from 10^-128 to 10^126.
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const MOST_DIGITS = 38;
const LARGEST_NUMBER = 1e126;

/** Why SQS refuses the message, or undefined when it takes it. */
export function refusalOf({ MessageBody, DelaySeconds, MessageAttributes = {} }: MessageToSend) {
  if (!MessageBody) return refused("MissingParameter", "The request must contain the parameter MessageBody.");
  if (!PLAIN.test(MessageBody) && FORBIDDEN.test(MessageBody)) return refused("InvalidMessageContents", FORBIDDEN_TOLD);
  if (sizeOf({ MessageBody, MessageAttributes }) > LARGEST_MESSAGE_BYTES) {
    const limit = `Message must be shorter than ${LARGEST_MESSAGE_BYTES} bytes.`;
    return invalid(`One or more parameters are invalid. Reason: ${limit}`);
  }
  if (DelaySeconds !== undefined && !isDelay(DelaySeconds)) {
    const range = `DelaySeconds must be >= 0 and <= ${LONGEST_DELAY_SECONDS}.`;
    return invalid(`Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: ${range}`);
  }
  const attributes = Object.entries(MessageAttributes);
  if (attributes.length > MOST_ATTRIBUTES) {
    return invalid(`Number of message attributes [${attributes.length}] exceeds the allowed maximum [10].`);
  }
  return attributes.map(([name, attribute]) => attributeRefusal(name, attribute)).find((refusal) => refusal);
}

/** Of the body, and of each attribute's name, type and value. In bytes. */
export function sizeOf({ MessageBody = "", MessageAttributes = {} }: MessageToSend): number {
  const attributes = Object.entries(MessageAttributes).map(([name, { DataType = "", StringValue, BinaryValue }]) => {
    const value = BinaryValue === undefined ? Buffer.from(StringValue ?? "") : Buffer.from(BinaryValue, "base64");
    return Buffer.byteLength(name) + Buffer.byteLength(DataType) + value.length;
  });
  return attributes.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(MessageBody));
}

function attributeRefusal(name: string, attribute: MessageAttribute): MessageRefusal | undefined {
  const { DataType = "", StringValue, BinaryValue } = attribute;
  if (!ATTRIBUTE_NAME.test(name) || name.length > LONGEST_NAME) {
    return invalid(`Message (user) attribute name '${name}' is invalid.`);
  }
  const [, type] = ATTRIBUTE_TYPE.exec(DataType) ?? [];
  if (type === undefined || DataType.length > LONGEST_NAME) {
    return invalid(`The type of message (user) attribute '${name}' is invalid: it must be Binary, Number or String.`);
  }
  const value = type === "Binary" ? BinaryValue : StringValue;
  if (!value) {
    return invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`);
  }
  if (type !== "Binary" && FORBIDDEN.test(value)) return invalid(FORBIDDEN_TOLD);
  if (type === "Number" && !isNumber(value)) {
    return invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return undefined;
}

function isDelay(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_DELAY_SECONDS;
}

function isNumber(text: string): boolean {
  if (!NUMBER.test(text)) return false;
  const digits = text.replace(/e.*$/i, "").replaceAll(/\D/g, "").replace(/^0+/, "");
  return digits.length <= MOST_DIGITS && Math.abs(Number(text)) <= LARGEST_NUMBER;
}

function invalid(message: string): MessageRefusal {
  return refused("InvalidParameterValue", message);
}

function refused(code: string, message: string): MessageRefusal {
  return { code, message };
}
