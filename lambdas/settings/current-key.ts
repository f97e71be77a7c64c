/** Where the settings in force stand in their table. Apart, since the authorizer reads them and carries no schema library. */
export const currentKey = { pk: 'CURRENT' } as const;
