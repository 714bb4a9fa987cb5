const PRIMES = [0x0100_0193, 0x85eb_ca6b] as const;

/** A number of 64 bits that tells whether two texts are the same. Not against anybody who wants them to look so. */
export class Digest {
  #low = 0x811c_9dc5;
  #high = 0x9747_b28c;

  add(line: string): void {
    for (let at = 0; at < line.length; at++) {
      const unit = line.charCodeAt(at);
      this.#low = Math.imul(this.#low ^ unit, PRIMES[0]);
      this.#high = Math.imul(this.#high ^ unit, PRIMES[1]) + 1;
    }
    this.#low = Math.imul(this.#low ^ 0x0a, PRIMES[0]);
  }

  text(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
