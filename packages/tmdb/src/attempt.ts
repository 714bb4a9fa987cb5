import type { ClientRequest } from "node:http";
import { type AxiosAdapter, AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import type { RequestEvents } from "./turns.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** What ends an attempt that is under way, if it is not `signal`, which then ends only what waits. */
    timeIsUp?: AbortSignal;
  }
}

/**
 * Sends a request once, and tells the limiter what is known of its arrival. A refused token stops the lote, but requests in progress go on:
 * after an abort nobody knows when the request reaches TMDB.
 *
 * An attempt has one time for everything: for the connection, the headers and the last byte of the body. Axios's own `timeout` is of the
 * silence between two bytes, so a body that drips would never end.
 * @param timeoutMs from the sending to the last byte of the answer
 */
export async function attempt(
  config: InternalAxiosRequestConfig,
  send: AxiosAdapter,
  events: RequestEvents,
  timeoutMs: number,
): Promise<AxiosResponse> {
  const over = config.timeIsUp ?? (config.signal as AbortSignal | undefined);
  const end = new AbortController();
  const stop = () => end.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeoutMs);
  over?.addEventListener("abort", stop);
  if (over?.aborted) stop();
  try {
    const response = await send({ ...config, signal: end.signal });
    tellAnswered(response, events);
    // A retry uses the original config, not the signal that ends this attempt.
    return { ...response, config };
  } catch (error) {
    if (!(error instanceof AxiosError)) throw error;
    if (isLate && !error.response) throw timedOut(timeoutMs, config, error);
    if (error.response) tellAnswered(error, events);
    else if (error.code === AxiosError.ERR_CANCELED) events.abandoned();
    error.config = config;
    throw error;
  } finally {
    clearTimeout(timer);
    over?.removeEventListener("abort", stop);
  }
}

function tellAnswered({ request }: AxiosResponse | AxiosError, events: RequestEvents): void {
  events.answered((request as ClientRequest | undefined)?.reusedSocket === true);
}

/** The limiter is told nothing of such a request: it may have reached the server at any time until now. */
function timedOut(timeoutMs: number, config: InternalAxiosRequestConfig, { request }: AxiosError): AxiosError {
  return new AxiosError(`no whole answer within ${timeoutMs} ms`, AxiosError.ETIMEDOUT, config, request);
}
