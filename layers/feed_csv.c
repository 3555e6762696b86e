/* feed_csv.c - comma-separated values as timetables write them (RFC 4180): a byte order mark, quotes, line breaks and
 * doubled quotes inside them, Windows line ends, blank lines, columns in any order, blanks around values.
 *
 * Order: feed_csv_open, then feed_csv_next until it gives no row. Texts are cut out of the table's own bytes.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "feed.h"
#include "textbuf.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

sund_code feed_csv_fail(const feed_csv *csv, const char *format, ...) {
  va_list list;
  va_start(list, format);
  const char *text = sund_text_list(csv->ctx, format, list);
  va_end(list);
  if (!text) return SUND_LIMIT;
  return sund_fail(csv->ctx, SUND_DATA, "%s: line %" PRId64 ": %s", csv->name, csv->line, text);
}

size_t feed_csv_rows(const feed_file *file) {
  size_t lines = 1;
  const char *at = file->bytes, *end = file->bytes + file->size;
  while (at && at < end && (at = memchr(at, '\n', (size_t)(end - at)))) lines++, at++;
  return lines;
}

/* --------------------------------------------------------------------------------------------------------- fields */

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

/* A text in quotes, `at` behind the first of them: doubled ones become one. Gives where it ends, NULL when it does
 * not. Moves the text over the quotes it leaves out. */
static char *unquote(feed_csv *csv, char *at, size_t *length) {
  char *to = at, *from = at;
  for (; from < csv->end; from++) {
    if (*from == '"' && from + 1 < csv->end && from[1] == '"') from++;
    else if (*from == '"') break;
    csv->next_line += *from == '\n';
    *to++ = *from;
  }
  *length = (size_t)(to - at);
  return from < csv->end ? from + 1 : NULL;
}

/* One field; csv->at moves behind it and its comma. *last: it ended the line. Quotes open at the start of a field
 * only: 5" is no quoted text. */
static sund_code take_field(feed_csv *csv, char **text, size_t *length, bool *last) {
  char *at = csv->at;
  while (at < csv->end && (*at == ' ' || *at == '\t')) at++;
  char *begin = at, *stop = NULL;
  if (at < csv->end && *at == '"') {
    begin = ++at;
    at = unquote(csv, at, length);
    if (!at) return sund_fail(csv->ctx, SUND_SOURCE, "%s ends inside a quoted text", csv->name);
    stop = begin + *length;
  }
  while (at < csv->end && *at != ',' && *at != '\n') at++;
  if (!stop) {
    stop = at;
    while (stop > begin && is_blank(stop[-1])) stop--;
    *length = (size_t)(stop - begin);
  }
  *last = at >= csv->end || *at == '\n';
  if (at < csv->end) csv->next_line += *at == '\n';
  csv->at = at < csv->end ? at + 1 : csv->end;
  *text = begin;
  *stop = '\0'; /* behind the last byte of the table there is room for it */
  return SUND_OK;
}

/* A line of blanks is passed over. */
static void skip_blank_lines(feed_csv *csv) {
  for (char *at = csv->at; at < csv->end; at++) {
    if (*at == '\n') csv->at = at + 1, csv->next_line++;
    else if (!is_blank(*at)) return;
  }
  csv->at = csv->end;
}

/* Is the line that begins here longer than any line has to be? */
static sund_code check_length(feed_csv *csv, const char *begin) {
  if ((size_t)(csv->at - begin) <= (size_t)FEED_LINE_BYTES + 1) return SUND_OK;
  return sund_fail(csv->ctx, SUND_SOURCE, "%s: line %" PRId64 " is longer than 1 MB%s", csv->name, csv->line,
                   csv->next_line > csv->line + 1 ? "; is a quote not closed?" : "");
}

/* ----------------------------------------------------------------------------------------------------------- rows */

static size_t count_fields(const feed_csv *csv) {
  size_t fields = 1;
  for (const char *at = csv->at; at < csv->end && *at != '\n'; at++) fields += *at == ',';
  return fields;
}

static uint8_t find_column(feed_csv *csv, const char *name, const char *const *columns) {
  for (size_t c = 0; columns[c]; c++) {
    if (strcmp(name, columns[c]) != 0 || csv->has[c]) continue;
    csv->has[c] = true;
    return (uint8_t)(c + 1);
  }
  return 0;
}

static sund_code check_text(sund_ctx *ctx, const feed_file *file) {
  const unsigned char *b = (const unsigned char *)file->bytes;
  if (file->size >= 2 && (b[0] ^ b[1]) == (0xFE ^ 0xFF) && (b[0] == 0xFE || b[0] == 0xFF))
    return sund_fail(ctx, SUND_SOURCE, "%s is UTF-16; save it as UTF-8", file->name);
  if (memchr(b, '\0', file->size)) return sund_fail(ctx, SUND_SOURCE, "%s is no text: it has NUL bytes", file->name);
  return SUND_OK;
}

sund_code feed_csv_open(sund_ctx *ctx, const feed_file *file, const char *const *columns, size_t required,
                        feed_csv *out) {
  TRY(check_text(ctx, file));
  *out =
      (feed_csv){.ctx = ctx, .name = file->name, .at = file->bytes, .end = file->bytes + file->size, .next_line = 1};
  if (file->size >= 3 && memcmp(file->bytes, byte_order_mark, 3) == 0) out->at += 3;
  skip_blank_lines(out);
  if (out->at == out->end) return SUND_OK; /* no header, no rows: whoever needs some says so */
  const char *begin = out->at;
  size_t room = count_fields(out);
  out->line = out->next_line;
  if (!(out->wanted = sund_alloc(ctx, room, 1))) return SUND_LIMIT;
  for (bool last = false; !last && out->fields < room; out->fields++) {
    char *name;
    size_t length;
    TRY(take_field(out, &name, &length, &last));
    out->wanted[out->fields] = find_column(out, name, columns);
  }
  TRY(check_length(out, begin));
  for (size_t c = 0; c < required; c++)
    if (!out->has[c]) return sund_fail(ctx, SUND_SOURCE, "%s has no column %s", file->name, columns[c]);
  return SUND_OK;
}

sund_code feed_csv_next(feed_csv *csv, bool *got) {
  skip_blank_lines(csv);
  *got = csv->at < csv->end;
  if (!*got) return SUND_OK;
  const char *begin = csv->at;
  csv->line = csv->next_line;
  for (size_t c = 0; c < FEED_COLUMNS; c++) csv->field[c] = "", csv->length[c] = 0;
  size_t n = 0;
  for (bool last = false; !last; n++) {
    char *text;
    size_t length;
    TRY(take_field(csv, &text, &length, &last));
    if (n >= csv->fields || !csv->wanted[n]) continue;
    csv->field[csv->wanted[n] - 1] = text;
    csv->length[csv->wanted[n] - 1] = length;
    if (!textbuf_utf8(text))
      return sund_fail(csv->ctx, SUND_SOURCE, "%s: line %" PRId64 " is not UTF-8", csv->name, csv->line);
  }
  return check_length(csv, begin);
}

/* --------------------------------------------------------------------------------------------------------- values */

static bool digits(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (text[i] < '0' || text[i] > '9') return false;
  return length > 0;
}

static int64_t whole_number(const char *text, size_t length) {
  int64_t value = 0;
  for (size_t i = 0; i < length; i++) value = 10 * value + (text[i] - '0');
  return value;
}

sund_code feed_csv_int(const feed_csv *csv, size_t column, const char *name, int64_t low, int64_t high,
                       int64_t *out) {
  const char *text = csv->field[column];
  size_t length = csv->length[column];
  if (length == 0) return SUND_OK;
  bool minus = *text == '-';
  if (!digits(text + minus, length - minus) || length > 12)
    return feed_csv_fail(csv, "%s \"%.40s\" is no whole number", name, text);
  int64_t value = whole_number(text + minus, length - minus) * (minus ? -1 : 1);
  if (value < low || value > high)
    return feed_csv_fail(csv, "%s %" PRId64 " is not in %" PRId64 " to %" PRId64, name, value, low, high);
  *out = value;
  return SUND_OK;
}

/* H:MM:SS, any hours up to 999. */
bool feed_time_read(const char *text, size_t length, int32_t *out) {
  while (length > 0 && *text == ' ') text++, length--;
  while (length > 0 && text[length - 1] == ' ') length--;
  *out = FEED_UNTIMED;
  if (length == 0) return true;
  if (length < 7 || length > 9 || text[length - 3] != ':' || text[length - 6] != ':') return false;
  if (!digits(text, length - 6) || !digits(text + length - 5, 2) || !digits(text + length - 2, 2)) return false;
  int64_t hours = whole_number(text, length - 6), minutes = whole_number(text + length - 5, 2);
  int64_t seconds = whole_number(text + length - 2, 2);
  if (minutes > 59 || seconds > 59) return false;
  *out = (int32_t)(3600 * hours + 60 * minutes + seconds);
  return true;
}

sund_code feed_csv_time(const feed_csv *csv, size_t column, const char *name, int32_t *out) {
  if (feed_time_read(csv->field[column], csv->length[column], out)) return SUND_OK;
  return feed_csv_fail(csv, "%s \"%.40s\" is no time such as 25:10:00", name, csv->field[column]);
}

sund_code feed_csv_day(const feed_csv *csv, size_t column, const char *name, int32_t *out) {
  const char *text = csv->field[column];
  int64_t day = INT32_MIN;
  char plain[11];
  *out = INT32_MIN;
  if (csv->length[column] == 0) return SUND_OK;
  if (csv->length[column] == 8 && digits(text, 8)) {
    const char dashed[] = {text[0], text[1], text[2], text[3], '-', text[4], text[5], '-', text[6], text[7], '\0'};
    memcpy(plain, dashed, sizeof plain);
    if (sund_day_read(plain, &day)) {
      *out = (int32_t)day;
      return SUND_OK;
    }
  }
  return feed_csv_fail(csv, "%s \"%.40s\" is no date such as 20261124", name, text);
}
