import { tmdbAnswer } from "@lotes/core/testing/movies";
import { between, seeded } from "@lotes/core/testing/random";
import { type AxiosAdapter, AxiosError, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";

/** A TMDB without a network, which notes when each request reached it and answers after 5 to 35 ms. Made for virtual time. */
export class VirtualTmdb {
  /** When each request came, in virtual milliseconds. */
  readonly arrivals: number[] = [];
  readonly #knows: (id: string) => boolean;
  readonly #random = seeded(7);

  constructor(knows: (id: string) => boolean) {
    this.#knows = knows;
  }

  /** What a client sends its requests by. */
  readonly adapter: AxiosAdapter = (config) => this.#answer(config);

  async #answer(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    this.arrivals.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, between(this.#random, 5, 35)));
    const id = config.url?.split("/").at(-1) ?? "";
    const request = { reusedSocket: true };
    if (this.#knows(id)) {
      const data = tmdbAnswer({ id: Number(id.slice(2)), imdb_id: id });
      return { status: 200, statusText: "OK", headers: {}, config, data, request };
    }
    const data = { success: false, status_code: 34, status_message: "The resource you requested could not be found." };
    const response = { status: 404, statusText: "Not Found", headers: {}, config, data, request };
    throw new AxiosError("Request failed with status code 404", AxiosError.ERR_BAD_REQUEST, config, request, response);
  }
}
