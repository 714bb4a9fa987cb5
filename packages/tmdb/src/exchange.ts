import type { ClientRequest, IncomingMessage, RequestOptions, request as send } from "node:http";
import { AxiosError, AxiosHeaders, type AxiosResponse, CanceledError, type InternalAxiosRequestConfig } from "axios";
import { completed, isSuccess, LARGEST_ANSWER_BYTES, TOO_LARGE } from "./answer-body.ts";

/** One request and its answer, as axios tells of it. */
export class Exchange {
  readonly #config: InternalAxiosRequestConfig;
  readonly #resolve: (response: AxiosResponse) => void;
  readonly #reject: (error: AxiosError) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #isOver = false;
  #request: ClientRequest | undefined;
  #response: AxiosResponse | undefined;

  constructor(
    config: InternalAxiosRequestConfig,
    resolve: (response: AxiosResponse) => void,
    reject: (error: AxiosError) => void,
  ) {
    this.#config = config;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Sends the request. The config's signal ends it, and closes its connection. */
  begin(request: typeof send, options: RequestOptions): void {
    this.#signal?.addEventListener("abort", this);
    this.#request = request(options, (answer) => this.#read(answer)).on("error", (error) => this.#fail(error));
    if (this.#signal?.aborted) this.handleEvent();
    else this.#request.end();
  }

  /** The signal was aborted. */
  handleEvent(): void {
    this.#end();
    this.#reject(new CanceledError(undefined, this.#config, this.#request));
    this.#request?.destroy();
  }

  get #signal(): AbortSignal | undefined {
    return this.#config.signal as AbortSignal | undefined;
  }

  #read(answer: IncomingMessage): void {
    const { statusCode: status = 0, statusMessage: statusText = "" } = answer;
    // Nobody looks at the headers of a movie.
    const headers = new AxiosHeaders(isSuccess(status) ? undefined : (answer.headers as Record<string, string>));
    this.#response = { status, statusText, headers, config: this.#config, request: this.#request, data: undefined };
    answer
      .on("data", (chunk: Buffer) => this.#add(chunk))
      .on("error", (error) => this.#fail(error))
      .on("end", () => this.#answered(answer, this.#response as AxiosResponse));
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= LARGEST_ANSWER_BYTES) return;
    this.#fail(new AxiosError(`the answer has more than ${LARGEST_ANSWER_BYTES} bytes`, TOO_LARGE));
    this.#request?.destroy();
  }

  #answered({ headers }: IncomingMessage, response: AxiosResponse): void {
    // The connection may break behind the last byte. An answer whose error was told stays as it is.
    if (this.#isOver) return;
    const [first = Buffer.of()] = this.#chunks;
    const bytes = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    this.#end();
    try {
      this.#resolve(completed(response, bytes, headers["content-encoding"]));
    } catch (error) {
      this.#reject(error as AxiosError);
    }
  }

  #fail(error: Error): void {
    this.#end();
    this.#reject(AxiosError.from(error, undefined, this.#config, this.#request, this.#response));
  }

  #end(): void {
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this);
  }
}
