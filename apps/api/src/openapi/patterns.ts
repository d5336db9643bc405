/**
 * Forms of texts in requests, as the API's document tells them: regular expressions of JSON Schema. Each fits whatever the code takes that
 * reads the text, and no more than it must beyond that; patterns.spec.ts holds them to it. They are written so that every engine reads them
 * alike: no `\s`, no look-around.
 */

/** What `trim` takes away. */
const BLANKS = String.raw`\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`;
const NAME_PART = '[a-z][a-z0-9_-]{0,63}';

/** PostgreSQL's texts know no NUL. */
export const TEXT_PATTERN = String.raw`^[^\u0000]*$`;

export const NOT_BLANK_PATTERN = String.raw`^[^\u0000]*[^\u0000${BLANKS}][^\u0000]*$`;

/** In either spelling, `device.release_changed` and `device.release-changed`, with blanks around. */
export const EVENT_NAME_PATTERN = `^[${BLANKS}]*${NAME_PART}\\.${NAME_PART}[${BLANKS}]*$`;

/** What stands before and after its point, when the two come apart. */
export const CATEGORY_PATTERN = `^[${BLANKS}]*${NAME_PART}$`;
export const SUBTYPE_PATTERN = `^${NAME_PART}[${BLANKS}]*$`;

/** To be cut to whole seconds. */
export const UTC_TIME_PATTERN =
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?([Zz]|[+-]00:00)$';

/** What it comes to is another matter: whole hours may be written in many ways. */
export const DURATION_OR_NEVER_PATTERN = `^(never|[${BLANKS}]*[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)[${BLANKS}]*)$`;

/** A token in any case. */
export const HEADER_NAME_PATTERN = "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$";
export const HEADER_VALUE_PATTERN = String.raw`^[!-~]([\t -~]*[!-~])?$`;

/** RFC 7617 §2. */
export const USER_NAME_PATTERN = String.raw`^[^\u0000-\u001f\u007f-\u009f:]+$`;
export const PASSWORD_PATTERN = String.raw`^[^\u0000-\u001f\u007f-\u009f]*$`;
