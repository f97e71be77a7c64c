/** Where the settings stand in their table. */

/** The settings in force. */
export const currentKey = { pk: 'CURRENT' } as const;
