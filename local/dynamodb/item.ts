/** Items and attribute values as they are on the wire. */

export interface AttributeValue {
  readonly S?: string;
  /** Decimal digits, normalized by the engine: equal numbers are equal text. */
  readonly N?: string;
  /** base64 */
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: true;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
}

export type Item = Readonly<Record<string, AttributeValue>>;

export type AttributeType = keyof AttributeValue;

/** The one type of a value, as `attribute_type` names it. */
export function typeOf(value: AttributeValue): AttributeType | undefined {
  const [type] = Object.keys(value);
  return attributeTypes.find((known) => known === type);
}

const attributeTypes: readonly AttributeType[] = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'];
