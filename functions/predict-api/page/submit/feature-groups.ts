import type { Feature } from '@banknote-loop/shared/data-set';

export interface FeatureGroup {
  readonly name: string;
  /** Which features belong to it, by their places. */
  readonly places: readonly number[];
}

const few = 24;
const groupSize = 20;

/** Neighbours whose names begin alike belong together; where names say nothing, each twenty do. */
export function groupsOf(features: readonly Feature[]): readonly FeatureGroup[] {
  const places = features.map((_, place) => place);
  if (features.length <= few) return [{ name: '', places }];
  const families = Map.groupBy(places, place => beginningOf(features[place]?.name ?? ''));
  const sizes = [...families.values()].map(({ length }) => length);
  const isTelling = sizes.length > 1 && Math.max(...sizes) <= 2 * few && sizes.length <= features.length / 3;
  return isTelling
    ? [...families].map(([name, members]) => ({ name: name || 'others', places: members }))
    : chunksOf(features, places);
}

/** `pixel_3_7` begins with `pixel_3`, `mean radius` with `mean`; a name of one word with nothing. */
function beginningOf(name: string): string {
  return /^(.+)[\s_.:-]+[^\s_.:-]+$/.exec(name)?.[1] ?? '';
}

function chunksOf(features: readonly Feature[], places: readonly number[]): readonly FeatureGroup[] {
  return Array.from({ length: Math.ceil(places.length / groupSize) }, (_, i) => {
    const members = places.slice(i * groupSize, (i + 1) * groupSize);
    const [first, last] = [members[0], members.at(-1)].map(place => features[place ?? 0]?.name);
    return { name: `${first} to ${last}`, places: members };
  });
}
