/** Makes a map hold what another one holds; whoever has the map keeps it. */
export function refill<K, V>(map: Map<K, V>, other: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of other) map.set(key, value);
}
