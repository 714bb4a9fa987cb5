import { AxiosError, AxiosHeaders } from "axios";

export interface Answer {
  readonly status: number;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The error of an answer that is no success. */
export function answered({ status, data = "", headers = {} }: Answer): AxiosError {
  const config = { headers: new AxiosHeaders() };
  const response = { status, statusText: "", data, headers: new AxiosHeaders({ ...headers }), config };
  return new AxiosError(`Request failed with status code ${status}`, AxiosError.ERR_BAD_REQUEST, config, {}, response);
}

/** The error of a request that got no answer. */
export function unanswered(code: string, message: string): AxiosError {
  return new AxiosError(message, code, { headers: new AxiosHeaders() }, {});
}

/** The error of an answer that broke off after its head: axios has its status, but no data. */
export function brokenOff(status: number, code: string, message: string): AxiosError {
  const config = { headers: new AxiosHeaders() };
  const response = { status, statusText: "", data: undefined, headers: new AxiosHeaders(), config };
  return new AxiosError(message, code, config, {}, response);
}

/** How TMDB tells of an error. */
export function tmdbError(status_code: number, status_message: string) {
  return { success: false, status_code, status_message };
}
