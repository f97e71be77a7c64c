/** Items and attribute values as they are on the wire. */
import { type AttributeValue, type Item } from 'dynalite/db/index.js';

export type { AttributeValue, Item };

export type AttributeType = keyof AttributeValue;

const attributeTypes: readonly AttributeType[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'];

/** The one type of a value, as `attribute_type` names it. */
export function typeOf(value: AttributeValue): AttributeType | undefined {
  const [type] = Object.keys(value);
  return attributeTypes.find((known) => known === type);
}
