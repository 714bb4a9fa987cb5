import { FillerFilms } from "./filler-films.ts";
import { knownFilms } from "./known-films.ts";
import { MOST_SAMPLE_ROWS } from "./most-sample-rows.ts";
import { Random } from "./random.ts";

/** The fifteen columns, spelt as in the genuine file. */
const HEADER =
  "id|tituloPincipal|tituloOriginal|anoLancamento|tempoMinutos|genero|notaMedia|numeroVotos|generoArtista|personagem|nomeArtista|anoNascimento|anoFalecimento|profissao|titulosMaisConhecidos";

// Some 400 rows: large enough that writing a chunk costs little for each row, and no memory to speak of.
const CHUNK_LENGTH = 64 * 1024;

export interface SampleOptions {
  /** How many rows after the header, from 1 to `MOST_SAMPLE_ROWS`. */
  readonly rows: number;
  /** Rows and seed decide every byte. */
  readonly seed: number;
}

/**
 * A made movies.csv of the true shape: the known films of the table with true facts, and filler films that the default filter never
 * selects. A sample too small for the whole table holds known films and filler in equal parts.
 * @returns the CSV in chunks of whole lines, the header first; no more than one chunk is in memory
 * @throws {RangeError} when the number of rows can't be had
 */
export function sampleCsv({ rows, seed }: SampleOptions): Generator<string> {
  if (!Number.isInteger(rows) || rows < 1 || rows > MOST_SAMPLE_ROWS) {
    throw new RangeError(`a sample has from 1 to ${MOST_SAMPLE_ROWS} rows, not ${rows}`);
  }
  return csv(rows, seed);
}

function* csv(rows: number, seed: number): Generator<string> {
  yield `${HEADER}\n`;
  yield* chunks(films(rows, seed));
}

/** Film after film, known ones and filler merged in the order of their ids. */
function* films(rows: number, seed: number): Generator<string> {
  const known = knownFilms(rows / 2);
  const waiting = known.films.values();
  const taken = new Set(known.films.map(({ rank }) => rank));
  let next = waiting.next();
  for (const filler of new FillerFilms(new Random(seed)).films(rows - known.rows, taken)) {
    for (; !next.done && next.value.rank < filler.rank; next = waiting.next()) yield next.value.text;
    yield filler.text;
  }
  for (; !next.done; next = waiting.next()) yield next.value.text;
}

function* chunks(parts: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
