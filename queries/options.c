/* options.c - reads settings into a query's options struct, by the query's table of options.
 *
 * A setting is a name and texts, from the command line or from a project file; the table says what the name means,
 * where the value goes and what is allowed. Order of calls: options_fill, which sets the defaults (options_defaults)
 * and then the settings one by one (options_set). Defaults go the way of all other values, so a table with a bad
 * default fails at once.
 *
 * Settings of the command line have mark.line 0. There numbers come as one text with commas (1,10,50); in a file
 * they come as a list, and a comma inside a number is a mistake with a hint.
 */
#include "options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------ messages */

/* What is being read, for messages. */
typedef struct reading {
  const char *where; /* "access"    */
  const sund_option *option;
  const sund_setting *setting;
} reading;

/* `project.yaml:3:5: access.snap-limit: DETAIL` or `--snap-limit: DETAIL`. detail NULL = no memory for it. */
static sund_code fail_value(sund_ctx *ctx, const reading *at, size_t value, const char *detail) {
  if (!detail) return SUND_LIMIT;
  const sund_setting *setting = at->setting;
  sund_mark mark = setting->mark;
  if (setting->value_mark && value < setting->values) mark = setting->value_mark[value];
  if (mark.line == 0) return sund_fail(ctx, SUND_USAGE, "--%s: %s", setting->name, detail);
  return sund_fail_at(ctx, mark, "%s.%s: %s", at->where, setting->name, detail);
}

/* "a, b, c" of words ended by NULL. */
static const char *join_words(sund_ctx *ctx, const char *const *words) {
  const char *text = words[0] ? words[0] : "";
  for (size_t i = 1; text && words[0] && words[i]; i++) text = sund_text(ctx, "%s, %s", text, words[i]);
  return text ? text : "";
}

/* Names and aliases of a table as one array of words, ended by NULL. */
static const char **option_names(sund_ctx *ctx, size_t count, const sund_option *table, size_t *names) {
  const char **word = sund_alloc(ctx, 2 * count + 1, sizeof *word);
  if (!word) return NULL;
  size_t n = 0;
  for (size_t i = 0; i < count; i++) word[n++] = table[i].name;
  *names = n;
  for (size_t i = 0; i < count; i++)
    if (table[i].alias) word[n++] = table[i].alias;
  word[n] = NULL;
  return word;
}

static sund_code fail_unknown(sund_ctx *ctx, const char *where, size_t count, const sund_option *table,
                              const sund_setting *setting) {
  size_t names = 0;
  const char **word = option_names(ctx, count, table, &names);
  if (!word) return SUND_LIMIT;
  size_t all = names; /* aliases are for files */
  while (setting->mark.line > 0 && word[all]) all++;
  const char *near = sund_nearest_word(setting->name, all, word);
  if (!near) word[names] = NULL; /* the list names each option once */
  const char *hint =
      near ? sund_text(ctx, "; did you mean '%s'?", near) : sund_text(ctx, " (has: %s)", join_words(ctx, word));
  if (!hint) return SUND_LIMIT;
  if (setting->mark.line == 0)
    return sund_fail(ctx, SUND_USAGE, "%s has no option --%s%s", where, setting->name, hint);
  return sund_fail_at(ctx, setting->mark, "%s has no option '%s'%s", where, setting->name, hint);
}

/* ------------------------------------------------------------------------------------------------------- numbers */

/* Why a text is no number, and what to write. */
static const char *number_hint(sund_ctx *ctx, const reading *at, const char *text) {
  const sund_option *option = at->option;
  char *dotted = sund_text_copy(ctx, text);
  if (!dotted) return NULL;
  double value = 0;
  char *comma = strchr(dotted, ',');
  if (comma && !strchr(comma + 1, ',')) {
    *comma = '.';
    if (sund_number_read(dotted, &value))
      return sund_text(ctx, "'%s' is not a number; write %s%s", text, dotted,
                       option->kind == SUND_NUMBERS ? sund_text(ctx, ", or a list for several: [%s]", text) : "");
  }
  /* "250 m": a number and its unit. */
  size_t digits = strspn(text, "+-.0123456789");
  char *head = sund_text(ctx, "%.*s", (int)digits, text);
  if (head && option->unit && digits > 0 && strcmp(text + digits + strspn(text + digits, " "), option->unit) == 0 &&
      sund_number_read(head, &value))
    return sund_text(ctx, "'%s' is not a number; write %s (the unit is always %s)", text, head, option->unit);
  return sund_text(ctx, "'%s' is not a number", text);
}

/* Reads value number `index` of the setting, whose text is `text`, and holds it against the range of the option. */
static sund_code read_number(sund_ctx *ctx, const reading *at, size_t index, const char *text, double *out) {
  const sund_option *option = at->option;
  double value = 0;
  if (!sund_number_read(text, &value)) return fail_value(ctx, at, index, number_hint(ctx, at, text));
  const char *unit = option->unit ? option->unit : "";
  const char *gap = option->unit ? " " : "";
  if (option->low < option->high && !(value >= option->low && value <= option->high)) {
    if (isinf(option->high))
      return fail_value(ctx, at, index, sund_text(ctx, "%s is less than %g%s%s", text, option->low, gap, unit));
    return fail_value(ctx, at, index,
                      sund_text(ctx, "%s is not between %g and %g%s%s", text, option->low, option->high, gap, unit));
  }
  *out = value;
  return SUND_OK;
}

/* Cuts "1, 10,50" at the commas, blanks around the pieces taken off. Empty pieces are kept. */
static sund_code cut_list(sund_ctx *ctx, const char *text, size_t *count, const char ***out) {
  size_t n = 1;
  for (const char *c = text; *c; c++) n += *c == ',';
  const char **piece = sund_alloc(ctx, n, sizeof *piece);
  if (!piece) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    size_t length = strcspn(text, ",");
    const char *begin = text, *end = text + length;
    while (begin < end && *begin == ' ') begin++;
    while (end > begin && end[-1] == ' ') end--;
    piece[i] = sund_text(ctx, "%.*s", (int)(end - begin), begin);
    if (!piece[i]) return SUND_LIMIT;
    text += length + (text[length] == ',');
  }
  *count = n;
  *out = piece;
  return SUND_OK;
}

static sund_code read_numbers(sund_ctx *ctx, const reading *at, sund_numbers *out) {
  const sund_setting *setting = at->setting;
  size_t count = setting->values;
  const char **text = setting->value;
  if (setting->mark.line == 0 && count == 1) TRY(cut_list(ctx, setting->value[0], &count, &text));
  double *value = sund_alloc(ctx, count, sizeof *value);
  if (!value) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    if (!*text[i]) return fail_value(ctx, at, i, "a number is missing between the commas");
    TRY(read_number(ctx, at, i, text[i], &value[i]));
    for (size_t j = 0; j < i; j++)
      if (value[j] == value[i]) return fail_value(ctx, at, i, sund_text(ctx, "%s is given twice", text[i]));
  }
  *out = (sund_numbers){.count = count, .value = value};
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- texts */

static sund_code read_flag(sund_ctx *ctx, const reading *at, bool *out) {
  const char *text = at->setting->values > 0 ? at->setting->value[0] : "true";
  bool on = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;
  if (!on && strcmp(text, "false") != 0 && strcmp(text, "no") != 0)
    return fail_value(ctx, at, 0, sund_text(ctx, "'%s' is neither true nor false", text));
  *out = on;
  return SUND_OK;
}

/* Holds a value against the option's list of words; *out is the table's own word. */
static sund_code read_word(sund_ctx *ctx, const reading *at, size_t index, const char **out) {
  const char *text = at->setting->value[index];
  const char *const *words = at->option->words;
  size_t count = 0;
  for (; words[count]; count++)
    if (strcmp(words[count], text) == 0) {
      *out = words[count];
      return SUND_OK;
    }
  const char *near = sund_nearest_word(text, count, words);
  return fail_value(ctx, at, index,
                    near ? sund_text(ctx, "unknown word '%s'; did you mean '%s'?", text, near)
                         : sund_text(ctx, "unknown word '%s' (one of: %s)", text, join_words(ctx, words)));
}

/* One text; on a list of words when the option has one. */
static sund_code read_text(sund_ctx *ctx, const reading *at, size_t index, const char **out) {
  const char *text = at->setting->value[index];
  if (!*text) return fail_value(ctx, at, index, "the value is empty");
  if (at->option->words) return read_word(ctx, at, index, out);
  *out = text;
  return SUND_OK;
}

static sund_code read_strings(sund_ctx *ctx, const reading *at, sund_strings *out) {
  const sund_setting *setting = at->setting;
  size_t count = setting->values;
  sund_strings list = {.count = count,
                       .value = sund_alloc(ctx, count, sizeof *list.value),
                       .mark = sund_alloc(ctx, count, sizeof *list.mark)};
  if (!list.value || !list.mark) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    TRY(read_text(ctx, at, i, &list.value[i]));
    list.mark[i] = setting->value_mark ? setting->value_mark[i] : setting->mark;
    for (size_t j = 0; j < i; j++)
      if (strcmp(list.value[j], list.value[i]) == 0)
        return fail_value(ctx, at, i, sund_text(ctx, "'%s' is given twice", list.value[i]));
  }
  *out = list;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ settings */

const sund_option *options_find(size_t count, const sund_option *table, const char *name, bool in_file) {
  for (size_t i = 0; i < count; i++) {
    if (strcmp(table[i].name, name) == 0) return &table[i];
    if (in_file && table[i].alias && strcmp(table[i].alias, name) == 0) return &table[i];
  }
  return NULL;
}

static sund_code read_value(sund_ctx *ctx, const reading *at, void *member) {
  switch (at->option->kind) {
    case SUND_FLAG:
      return read_flag(ctx, at, member);
    case SUND_NUMBER:
      return read_number(ctx, at, 0, at->setting->value[0], member);
    case SUND_NUMBERS:
      return read_numbers(ctx, at, member);
    case SUND_WORD:
    case SUND_STRING:
      return read_text(ctx, at, 0, member);
    case SUND_STRINGS:
      return read_strings(ctx, at, member);
  }
  return sund_fail(ctx, SUND_DEFECT, "option %s is of no known kind", at->option->name);
}

sund_code options_set(sund_ctx *ctx, const char *where, size_t count, const sund_option *table,
                      const sund_setting *setting, void *options) {
  const sund_option *option = options_find(count, table, setting->name, setting->mark.line > 0);
  if (!option) return fail_unknown(ctx, where, count, table, setting);
  const reading at = {where, option, setting};
  bool list = option->kind == SUND_NUMBERS || option->kind == SUND_STRINGS;
  if (setting->values == 0 && option->kind != SUND_FLAG) return fail_value(ctx, &at, 0, "the value is missing");
  if (setting->values > 1 && !list) return fail_value(ctx, &at, 1, "takes one value");
  return read_value(ctx, &at, (char *)options + option->offset);
}

sund_code options_defaults(sund_ctx *ctx, size_t count, const sund_option *table, void *options) {
  for (size_t i = 0; i < count; i++) {
    const sund_option *option = &table[i];
    if (!option->fallback) continue;
    sund_setting setting = {.name = option->name, .values = 1};
    setting.value = sund_alloc(ctx, 1, sizeof *setting.value);
    if (!setting.value) return SUND_LIMIT;
    setting.value[0] = option->fallback;
    if (option->kind == SUND_STRINGS) TRY(cut_list(ctx, option->fallback, &setting.values, &setting.value));
    TRY(options_set(ctx, "default", count, table, &setting, options));
  }
  return SUND_OK;
}

sund_code options_fill(sund_ctx *ctx, const sund_query *query, const sund_request *request, void **out) {
  void *options = sund_alloc(ctx, query->options_size ? query->options_size : 1, 1);
  bool *seen = sund_alloc(ctx, query->option_count, sizeof *seen);
  if (!options || !seen) return SUND_LIMIT;
  TRY(options_defaults(ctx, query->option_count, query->options, options));
  for (size_t i = 0; i < request->settings; i++) {
    const sund_setting *setting = &request->setting[i];
    TRY(options_set(ctx, query->name, query->option_count, query->options, setting, options));
    const sund_option *option = options_find(query->option_count, query->options, setting->name, true);
    const reading at = {query->name, option, setting};
    /* A project file may say `standard` or `standards`, but not both. */
    bool *twice = &seen[option - query->options];
    if (*twice) return fail_value(ctx, &at, setting->values, "is given twice");
    *twice = true;
  }
  *out = options;
  return SUND_OK;
}

const sund_setting *options_setting(const sund_query *query, const sund_request *request, const char *name) {
  const sund_option *wanted = options_find(query->option_count, query->options, name, false);
  for (size_t i = 0; wanted && i < request->settings; i++) {
    const sund_setting *setting = &request->setting[i];
    if (options_find(query->option_count, query->options, setting->name, setting->mark.line > 0) == wanted)
      return setting;
  }
  return NULL;
}

const char *options_text(sund_ctx *ctx, const sund_option *option, const void *member) {
  const sund_numbers *numbers = member;
  const sund_strings *strings = member;
  const char *text = "";
  switch (option->kind) {
    case SUND_FLAG:
      return *(const bool *)member ? "yes" : "no";
    case SUND_NUMBER:
      return sund_text(ctx, "%.15g", *(const double *)member);
    case SUND_NUMBERS:
      for (size_t i = 0; text && i < numbers->count; i++)
        text = sund_text(ctx, "%s%s%.15g", text, i ? "," : "", numbers->value[i]);
      return text;
    case SUND_WORD:
    case SUND_STRING:
      return *(const char *const *)member ? *(const char *const *)member : "not given";
    case SUND_STRINGS:
      for (size_t i = 0; text && i < strings->count; i++)
        text = sund_text(ctx, "%s%s%s", text, i ? "," : "", strings->value[i]);
      return text;
  }
  return NULL;
}
