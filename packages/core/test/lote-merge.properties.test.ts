import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MovieRecord } from "../src/dataset/movie-record.ts";
import { isMovieId } from "../src/dataset/movies.ts";
import { type LoteFile, loteObject, mergeLote, parseLoteFile } from "../src/files/lote-file.ts";
import type { NewObject } from "../src/ports.ts";
import { stored } from "./support/memory-store.ts";
import { longIds, movieRecord } from "./support/movies.ts";

// Enough for a part of every kind to meet one of every other, and the file still takes less than 2 s.
const RUNS = { numRuns: 100 };
/** A merge of a long lote reads and writes up to 150 records. */
const FEWER_RUNS = { numRuns: 50 };

/** What stands in the bucket once each part was delivered, as the consumer writes it: from one to the next there is only the file. */
function written(parts: readonly LoteFile[]): NewObject | undefined {
  let object: NewObject | undefined;
  for (const part of parts) {
    // The consumer does not touch the file for a part that got no record.
    if (part.records.size === 0) continue;
    const before = object && parseLoteFile(stored(object), part.ids);
    object = loteObject(mergeLote(before, part));
  }
  return object;
}

/** The records of a file; a list of ids beside it tells which id each was asked for under. */
function recordsIn(object: NewObject | undefined): LoteFile["records"] {
  return object ? parseLoteFile(stored(object), []).records : new Map();
}

/** What all parts fetched, the last of them for an id that several did. */
function fetchedBy(parts: readonly LoteFile[]): LoteFile["records"] {
  return new Map(parts.flatMap(({ records }) => [...records]));
}

/** Which movies they are of, whatever id each was asked for under. */
function moviesOf(records: LoteFile["records"]): Set<string | null> {
  return new Set([...records.values()].map((record) => record.imdb_id));
}

const codeUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));
/** Few movies under many ids: `1000003` is the movie of `tt1000003`, and `tt10000003` comes before `tt1000004`. */
const movieId = fc
  .tuple(fc.constantFrom("tt100000", "tt1000000", "100000"), fc.integer({ min: 0, max: 5 }))
  .map(([beginning, digit]) => `${beginning}${digit}`);

/** Among them what looks like the file's own signs, and what JavaScript takes for the number of a movie. */
const noId = fc.oneof(
  fc.constantFrom("-tt1000003", "tt1000003,tt1000004", " 1000003 ", "1000003.0", "tt1000003\n", "../x", ","),
  fc.string({ unit: codeUnit, maxLength: 5 }).filter((text) => !isMovieId(text)),
);
const anyLote = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: movieId }, { weight: 1, arbitrary: noId }), {
  minLength: 1,
  maxLength: 12,
});
const sameFacts = fc.constant<Partial<MovieRecord>>({});
const otherFacts: fc.Arbitrary<Partial<MovieRecord>> = fc.record({
  // An empty one is an unknown one, and would be null when it is read.
  title: fc.string({ unit: codeUnit, minLength: 1, maxLength: 5 }).map((title) => title.toWellFormed()),
  vote_count: fc.nat(),
});

/** A part of a lote that asks for the ids and gets records for some of them. What is no id never gets any. */
function part(asked: fc.Arbitrary<string[]>, facts = sameFacts, fewest = 0): fc.Arbitrary<LoteFile> {
  return fc.tuple(asked, facts).chain(([ids, known]) =>
    fc.subarray(ids.filter(isMovieId), { minLength: fewest }).map((fetched) => ({
      run: "run-1",
      ids,
      records: new Map(fetched.map((id) => [id, movieRecord(id.startsWith("tt") ? id : `tt${id}`, known)])),
    })),
  );
}

const several = (one: fc.Arbitrary<LoteFile>) => fc.array(one, { minLength: 1, maxLength: 5 });

/** Each of the parts twice, in any order. */
const twice = (parts: LoteFile[]) => fc.shuffledSubarray([...parts, ...parts], { minLength: 2 * parts.length });

const partsOfAny = (facts = sameFacts) => anyLote.chain((lote) => several(part(fc.shuffledSubarray(lote), facts)));

describe("merging any parts of a lote", () => {
  test("gives the same set of records in any order and repeated", () => {
    const delivered = partsOfAny().chain((parts) => fc.tuple(fc.constant(parts), twice(parts)));
    fc.assert(
      fc.property(delivered, ([parts, repeated]) => {
        expect(recordsIn(written(repeated))).toEqual(fetchedBy(parts));
      }),
      RUNS,
    );
  });

  test("never loses a record", () => {
    fc.assert(
      fc.property(partsOfAny(otherFacts), (parts) => {
        parts.forEach((_, index) => {
          const before = recordsIn(written(parts.slice(0, index)));
          const after = recordsIn(written(parts.slice(0, index + 1)));
          expect([...after.keys()]).toEqual(expect.arrayContaining([...before.keys()]));
        });
      }),
      RUNS,
    );
  });

  test("keeps of different records for an id the one merged last", () => {
    fc.assert(
      fc.property(partsOfAny(otherFacts), (parts) => {
        expect(recordsIn(written(parts))).toEqual(fetchedBy(parts));
      }),
      RUNS,
    );
  });

  test("changes nothing when the last part comes again, neither the records nor the list of ids", () => {
    fc.assert(
      fc.property(partsOfAny(otherFacts), (parts) => {
        expect(written([...parts, ...parts.slice(-1)])).toEqual(written(parts));
      }),
      RUNS,
    );
  });

  test("takes nothing over from the file of another run", () => {
    const runs = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 2 });
    const mine = anyLote.filter((lote) => lote.some(isMovieId)).chain((lote) => part(fc.constant(lote), otherFacts, 1));
    fc.assert(
      fc.property(runs, partsOfAny(), mine, ([other = "", run = ""], parts, fetched) => {
        const others = parts.map((each) => ({ ...each, run: other }));
        expect(written([...others, { ...fetched, run }])).toEqual(loteObject({ ...fetched, run }));
      }),
      RUNS,
    );
  });
});

describe("merging in any order and repeated gives the same bytes", () => {
  test("of a lote that is sorted by id, even if no part had the whole list of ids", () => {
    const delivered = anyLote
      .map((lote) => lote.toSorted())
      .chain((lote) => fc.tuple(fc.constant(lote), several(part(fc.subarray(lote))).chain(twice)));
    fc.assert(
      fc.property(delivered, ([ids, parts]) => {
        const body = written(parts)?.body ?? "";
        expect(body).toBe(loteObject({ run: "run-1", ids, records: fetchedBy(parts) }).body);
      }),
      RUNS,
    );
  });

  // Not promised of an unsorted lote: its order after small parts that together had all its ids before the whole list came (they
  // were sorted by then), and after a small part with something that is no id (the file does not know that the lote had it too).
  // Nor is it when the whole list comes in two orders: the first one stays.
  test("of a lote in any order of ids, once a part had the whole list of them", () => {
    const delivered = fc
      .tuple(anyLote, movieId)
      .map(([lote, id]) => ({ lote: lote.includes(id) ? lote : [...lote, id], neverSmall: id }))
      .chain(({ lote, neverSmall }) => {
        const whole = part(fc.constant(lote), sameFacts, 1);
        const small = part(fc.shuffledSubarray(lote.filter((id) => isMovieId(id) && id !== neverSmall)));
        const parts = fc.tuple(whole, several(small)).chain(([first, others]) => twice([first, ...others]));
        return fc.tuple(fc.constant(lote), parts);
      });
    fc.assert(
      fc.property(delivered, ([ids, parts]) => {
        expect(written(parts)?.body).toBe(loteObject({ run: "run-1", ids, records: fetchedBy(parts) }).body);
      }),
      RUNS,
    );
  });
});

describe("merging parts of a lote whose list of ids may be too long to stand beside it", () => {
  // More than 85 ids of 20 characters are beyond the 1,800 characters of a list: some parts have more of them, some fewer.
  const LONG = longIds(150);

  // Not the list of ids: of parts that don't know the whole lote it may be too long at first, and stand there after a repetition.
  test("that is sorted by id keeps every record in its place, the last for each id, also when a part comes again", () => {
    fc.assert(
      fc.property(several(part(fc.subarray(LONG), otherFacts)), (parts) => {
        const body = loteObject({ run: "run-1", ids: LONG, records: fetchedBy(parts) }).body;
        expect(written(parts)?.body ?? "").toBe(body);
        expect(written([...parts, ...parts.slice(-1)])?.body ?? "").toBe(body);
      }),
      FEWER_RUNS,
    );
  });

  // A movie asked for by its TMDB id may stand twice there, since the file does not tell which id that was.
  test("loses no movie and invents none, in any order and with TMDB ids and what is no id among the ids", () => {
    const lote = [...LONG, "2000001", "2000002", "2000003", " 2000001 ", "../x"];
    fc.assert(
      fc.property(several(part(fc.shuffledSubarray(lote))), (parts) => {
        expect(moviesOf(recordsIn(written(parts)))).toEqual(moviesOf(fetchedBy(parts)));
      }),
      FEWER_RUNS,
    );
  });
});
