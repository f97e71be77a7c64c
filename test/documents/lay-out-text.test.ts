/** Lines and pages: nothing but blanks at a break is lost, nothing is wider than the page. */
import fc from 'fast-check';
import { layOutText, wrapLine, type PageGrid } from '../../lambdas/documents/lay-out-text.js';

const columns = 20;
const grid: PageGrid = { columns, rows: 5, tabStop: 8, pageLimit: 50 };
const wrap = (line: string): string[] => [...wrapLine(line, columns, 8)];
const pages = (text: string): readonly (readonly string[])[] => {
  const layout = layOutText(text, grid);
  if (layout.kind !== 'pages') throw new Error(layout.kind);
  return layout.pages;
};
const withoutBlanks = (text: string): string => text.replace(/[ \t\n\r\f]/g, '');

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '-', 'Ω'), minLength: 1, maxLength: 50 });
const blank = fc.constantFrom(' ', '  ', '\t', ' \t ', ' '.repeat(30));
const line = fc.array(fc.oneof(word, blank), { maxLength: 30 }).map((parts) => parts.join(''));
const text = fc.array(fc.oneof(line, fc.constantFrom('\n', '\r\n', '\r', '\f', '\u2028')), { maxLength: 40 }).map((parts) => parts.join(''));

describe('for every line', () => {
  test('no part is wider than the page, has a tab, or ends in blanks', () => {
    fc.assert(fc.property(line, (input) => {
      for (const part of wrap(input)) {
        expect(part.length).toBeLessThanOrEqual(columns);
        expect(part).not.toMatch(/\t| $/);
      }
    }));
  });

  test('no character is lost, doubled or moved', () => {
    fc.assert(fc.property(line, (input) => expect(withoutBlanks(wrap(input).join(''))).toBe(withoutBlanks(input))));
  });

  test('a word that fits into a line is never broken', () => {
    fc.assert(fc.property(line, (input) => {
      const whole = wrap(input).flatMap((part) => part.split(' '));
      for (const each of input.split(/[ \t]+/)) if (each.length <= columns && each !== '') expect(whole).toContain(each);
    }));
  });

  test('one that fits stays as it is', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '|'), maxLength: columns - 1 }), (input) => expect(wrap(`${input}.`)).toEqual([`${input}.`])));
  });
});

describe('for every text', () => {
  test('no character is lost, no page is longer than allowed, and none is blank', () => {
    fc.assert(fc.property(text, (input) => {
      const all = pages(input);
      expect(withoutBlanks(all.flat().join(''))).toBe(withoutBlanks(input).replaceAll('\u2028', ''));
      for (const page of all) {
        expect(page.length).toBeLessThanOrEqual(grid.rows);
        expect(page.at(-1)).not.toBe('');
      }
    }));
  });
});

test('lines break between words, and inside a word only where it is longer than a line', () => {
  expect(wrap('The quick brown fox jumps')).toEqual(['The quick brown fox', 'jumps']);
  expect(wrap(`see ${'x'.repeat(45)} there`)).toEqual(['see', 'x'.repeat(20), 'x'.repeat(20), 'xxxxx there']);
});

test('an indentation is kept, unless it leaves no room for the word behind it', () => {
  expect(wrap('    item one and item two')).toEqual(['    item one and', 'item two']);
  expect(wrap(`${' '.repeat(15)}wordword`)).toEqual(['wordword']);
  expect(wrap(`  ${'x'.repeat(30)}`)).toEqual([`  ${'x'.repeat(18)}`, 'x'.repeat(12)]);
});

test('tabs go to the next stop', () => {
  expect(wrap('a\tb')).toEqual(['a       b']);
  expect(wrap('12345678\tb')).toEqual(['12345678        b']);
});

test('CR, LF, CRLF and the separators of Unicode end a line; empty lines stay between others', () => {
  expect(pages('a\nb\r\nc\rd\u2028\u2029e')).toEqual([['a', 'b', 'c', 'd'], ['e']]);
  expect(pages('a\n\n\rb')).toEqual([['a', '', '', 'b']]);
});

test('a form feed begins a new page, also in the middle of a line', () => {
  expect(pages('a\fb\n\fc')).toEqual([['a'], ['b'], ['c']]);
});

test('no blank page is sent: not for form feeds in a row, a full page before one, or blank lines at the end', () => {
  expect(pages('\fa\f\f\fb\f')).toEqual([['a'], ['b']]);
  expect(pages('1\n2\n3\n4\n5\n\f6')).toEqual([['1', '2', '3', '4', '5'], ['6']]);
  expect(pages(`a${'\n'.repeat(40)}`)).toEqual([['a']]);
  expect(pages(' \n\t\n\f \n')).toEqual([]);
});

test('a text of more pages than allowed is not laid out', () => {
  expect(layOutText('a\f'.repeat(50), grid)).toMatchObject({ kind: 'pages' });
  expect(layOutText('a\f'.repeat(51), grid)).toEqual({ kind: 'too_many_pages' });
});
