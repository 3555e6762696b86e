/* arguments.c - reads a command line by the tables of vocabulary.c and of the query.
 *
 * Order: arguments_read asks first whether help is wanted (then nothing else matters), reads word by word, sets the
 * common options from what was collected, and checks what belongs together. A query's own options are collected as
 * a request, in the form a project file gives them, and read by options.c.
 */
#include "arguments.h"

#include <string.h>

#include "options.h"
#include "text.h"

/* A command line while it is read. */
typedef struct reader {
  sund_ctx *ctx;
  int argc;
  char *const *argv;
  int next;   /* the word to be read next                                    */
  bool ended; /* "--" was read: only operands from here                      */
  arguments *out;
  size_t commons; /* common options collected                                    */
  sund_setting *common;
  size_t pieces; /* of the canonical command line                               */
  const char **piece;
} reader;

/* What the word of an option stands for: exactly one of the three is set. */
typedef struct meaning {
  const sund_option *own; /* an option of the query */
  const vocabulary_option *common;
  sund_role role; /* else SUND_ROLE_COUNT   */
} meaning;

/* ------------------------------------------------------------------------------------------------ unknown options */

/* How the command is called in messages. */
static const char *command_name(const arguments *args) {
  if (args->query) return args->query->name;
  return args->command ? args->command->name : "sund";
}

static bool takes_common(const arguments *args, const vocabulary_option *option) {
  return !args->command || (option->commands & args->command->bit) != 0;
}

/* Another query that has the option, or NULL. */
static const sund_query *other_owner(const char *name) {
  for (size_t i = 0; sund_queries[i]; i++)
    if (options_find(sund_queries[i]->option_count, sund_queries[i]->options, name, false)) return sund_queries[i];
  return NULL;
}

static const char *nearest_option(const arguments *args, const char *name) {
  enum { ROOM = 128 };
  const char *words[ROOM];
  size_t count = 0;
  const sund_query *query = args->query;
  for (size_t i = 0; query && i < query->option_count && count < ROOM; i++) words[count++] = query->options[i].name;
  for (int role = 0; query && role < SUND_ROLE_COUNT && count < ROOM; role++)
    words[count++] = sund_role_of((sund_role)role)->name;
  for (const vocabulary_option *option = vocabulary_options; option->option.name && count < ROOM; option++)
    if (takes_common(args, option)) words[count++] = option->option.name;
  for (size_t i = 0; i < count; i++)
    if (strcmp(words[i], name) == 0) return words[i]; /* -overwrite: one dash is missing */
  return sund_nearest_word(name, count, words);
}

static sund_code fail_option(const reader *in, const char *word, const char *name) {
  const arguments *args = in->out;
  const char *near = nearest_option(args, name);
  const sund_query *owner = other_owner(name);
  bool role = sund_role_find(name) != SUND_ROLE_COUNT;
  if (!args->command && (owner || role))
    return sund_fail(in->ctx, SUND_USAGE, "%s belongs to a query: put the query first", word);
  if (near) return sund_fail(in->ctx, SUND_USAGE, "unknown option %s; did you mean --%s?", word, near);
  if (owner)
    return sund_fail(in->ctx, SUND_USAGE, "%s is an option of %s, not of %s", word, owner->name, command_name(args));
  if (role)
    return sund_fail(in->ctx, SUND_USAGE, "%s takes its sources from the project file, not from %s",
                     command_name(args), word);
  return sund_fail(in->ctx, SUND_USAGE, "unknown option %s (see sund help%s%s)", word, args->query ? " " : "",
                   args->query ? args->query->name : "");
}

/* ------------------------------------------------------------------------------------------------------- options */

/* The common option of a name or, with `letter`, of a letter; or NULL. */
static const vocabulary_option *find_common(const char *name, char letter) {
  for (const vocabulary_option *option = vocabulary_options; option->option.name; option++)
    if (letter ? option->letter == letter : strcmp(option->option.name, name) == 0) return option;
  return NULL;
}

/* Is a common option of other commands one of a query too, or nearly one of this command's? `--home` is no option of
 * access, but `--homes` is. */
static bool elsewhere(const arguments *args, const vocabulary_option *option, bool letter) {
  if (letter || takes_common(args, option)) return false;
  return other_owner(option->option.name) || nearest_option(args, option->option.name);
}

/* What `word` ("--crs", "-o", name without dashes) stands for here. */
static sund_code find_meaning(const reader *in, const char *word, const char *name, meaning *out) {
  const sund_query *query = in->out->query;
  bool letter = word[1] != '-';
  *out = (meaning){.role = SUND_ROLE_COUNT};
  if (!letter && query) {
    out->own = options_find(query->option_count, query->options, name, false);
    if (out->own) return SUND_OK;
    out->role = sund_role_find(name);
    if (out->role != SUND_ROLE_COUNT) return SUND_OK;
  }
  if (!letter || (name[0] && !name[1])) out->common = find_common(name, letter ? name[0] : 0);
  if (!out->common || elsewhere(in->out, out->common, letter)) return fail_option(in, word, name);
  return SUND_OK;
}

/* Is the word an option rather than a value? Negative numbers and a lone dash are values. */
static bool looks_like_option(const char *word) {
  return word[0] == '-' && word[1] && !strchr("0123456789.", word[1]);
}

/* The value of an option: after "=", or the next word. */
static sund_code take_value(reader *in, const char *word, const char *after, const char **out) {
  const char *value = after;
  if (!value) {
    if (in->next >= in->argc || looks_like_option(in->argv[in->next]))
      return sund_fail(in->ctx, SUND_USAGE, "%s: the value is missing", word);
    value = in->argv[in->next++];
  }
  if (!*value) return sund_fail(in->ctx, SUND_USAGE, "%s: the value is empty", word);
  *out = value;
  return SUND_OK;
}

/* Adds a value (NULL for a flag) to the setting of that name in a list with room for all words of the line. */
static sund_code add_value(const reader *in, size_t *count, sund_setting *list, const sund_option *option,
                           const char *value) {
  sund_setting *setting = list;
  while (setting < list + *count && strcmp(setting->name, option->name) != 0) setting++;
  if (setting == list + *count) {
    size_t room = option->kind == SUND_STRINGS ? (size_t)in->argc : 1;
    *setting = (sund_setting){.name = option->name,
                              .value = sund_alloc(in->ctx, room, sizeof *setting->value),
                              .value_mark = sund_alloc(in->ctx, room, sizeof *setting->value_mark)};
    if (!setting->value || !setting->value_mark) return SUND_LIMIT;
    *count += 1;
  } else if (option->kind != SUND_STRINGS && option->kind != SUND_FLAG) {
    return sund_fail(in->ctx, SUND_USAGE, "--%s is given twice", option->name);
  }
  if (value) setting->value[setting->values++] = value;
  return SUND_OK;
}

/* Notes a part of the canonical command line. */
static void record(reader *in, const char *text) {
  in->piece[in->pieces++] = text;
}

static sund_code read_option(reader *in, const char *word) {
  const char *equals = strchr(word, '=');
  size_t length = equals ? (size_t)(equals - word) : strlen(word);
  word = sund_text(in->ctx, "%.*s", (int)length, word);
  if (!word) return SUND_LIMIT;
  const char *name = word + (word[1] == '-' ? 2 : 1);
  meaning is;
  TRY(find_meaning(in, word, name, &is));
  const sund_option *option = is.common ? &is.common->option : is.own;
  const char *value = NULL;
  if (option && option->kind == SUND_FLAG) {
    if (equals) return sund_fail(in->ctx, SUND_USAGE, "%s takes no value", word);
  } else {
    TRY(take_value(in, word, equals ? equals + 1 : NULL, &value));
  }
  if (!is.common || is.common->recorded) {
    record(in, sund_text(in->ctx, "--%s", option ? option->name : name));
    if (value) record(in, text_shell(in->ctx, value));
  }
  arguments *out = in->out;
  if (is.common) return add_value(in, &in->commons, in->common, option, value);
  if (is.own) return add_value(in, &out->request.settings, out->request.setting, option, value);
  TRY(sund_source_parse(in->ctx, is.role, value, &out->source[out->sources]));
  out->sources++;
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- words */

static bool ends_in(const char *word, const char *ending) {
  size_t length = strlen(word), tail = strlen(ending);
  return length >= tail && strcmp(word + length - tail, ending) == 0;
}

static sund_code read_command(sund_ctx *ctx, const char *word, arguments *out) {
  out->command = vocabulary_command_find(word);
  if (out->command) return SUND_OK;
  out->query = sund_query_find(word);
  if (!out->query && (ends_in(word, ".yaml") || ends_in(word, ".yml")))
    return sund_fail(ctx, SUND_USAGE, "'%s' is no command; a project is run by: sund run %s -o RESULT.gpkg", word,
                     word);
  if (!out->query) return vocabulary_fail_query(ctx, word, true, (sund_mark){0});
  out->command = vocabulary_command_of(COMMAND_QUERY);
  out->request.query = out->query->name;
  return SUND_OK;
}

static sund_code read_word(reader *in, const char *word) {
  arguments *out = in->out;
  if (!in->ended && strcmp(word, "--") == 0) {
    in->ended = true;
    return SUND_OK;
  }
  if (!in->ended && word[0] == '-' && word[1]) return read_option(in, word);
  /* Of a project only its name: its paths start from where it lies, and a copy elsewhere must give the same bytes. */
  record(in, text_shell(in->ctx, out->command ? sund_base_name(word) : word));
  if (!out->command) return read_command(in->ctx, word, out);
  if (!*word) return sund_fail(in->ctx, SUND_USAGE, "an argument is empty");
  const char **place = out->operand && out->command->operands == 2 ? &out->second : &out->operand;
  if (*place)
    return sund_fail(in->ctx, SUND_USAGE, "'%s' is one argument too many (%s takes %s)", word, command_name(out),
                     out->command->operand);
  *place = word;
  return SUND_OK;
}

/* The pieces as one line. */
static sund_code join_record(reader *in) {
  size_t length = 1;
  for (size_t i = 0; i < in->pieces; i++) {
    if (!in->piece[i]) return SUND_LIMIT;
    length += strlen(in->piece[i]) + 1;
  }
  char *text = sund_alloc(in->ctx, length, 1), *to = text;
  if (!text) return SUND_LIMIT;
  for (size_t i = 0; i < in->pieces; i++) {
    if (i > 0) *to++ = ' ';
    size_t piece = strlen(in->piece[i]);
    memcpy(to, in->piece[i], piece);
    to += piece;
  }
  in->out->recorded = text;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- checks */

/* Is a data file given where a project file belongs? */
static bool is_data(const char *path) {
  static const char *const endings[] = {".gpkg", ".shp", ".geojson", ".tif", ".tiff", ".csv", ".osm",
                                        ".pbf",  ".gml", ".fgb",     ".zip", ".tab",  ".vrt"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (ends_in(path, endings[i])) return true;
  return false;
}

/* Is a table given by an option of the query that is a role too (--flows)? */
static bool names_table(const arguments *args) {
  for (size_t i = 0; i < args->request.settings; i++)
    if (sund_role_find(args->request.setting[i].name) != SUND_ROLE_COUNT) return true;
  return false;
}

/* What `sund explain` is asked: a home, or a way. */
static sund_code check_question(sund_ctx *ctx, const vocabulary_values *asked) {
  if (asked->home && (asked->place || asked->to))
    return sund_fail(ctx, SUND_USAGE, "--home asks about a home, --place and --to about a way; give one of the two");
  if (asked->place && !asked->to) return sund_fail(ctx, SUND_USAGE, "--to ID is missing: where does the way end?");
  if (asked->to && !asked->place)
    return sund_fail(ctx, SUND_USAGE, "--place ID is missing: where does the way begin?");
  if (!asked->home && !asked->place)
    return sund_fail(ctx, SUND_USAGE,
                     "--home ID is missing: which home is to be explained? (or --place A --to B: which way?)");
  return SUND_OK;
}

static sund_code check_operand(sund_ctx *ctx, const arguments *args) {
  const char *name = command_name(args), *operand = args->operand;
  unsigned projects = COMMAND_RUN | COMMAND_QUERY | COMMAND_CHECK;
  if (args->command->operands > 0 && !operand)
    return sund_fail(ctx, SUND_USAGE, "%s is missing after '%s'", args->command->operand, name);
  if (args->command->operands > 1 && !args->second)
    return sund_fail(ctx, SUND_USAGE, "%s needs two files: sund %s %s", name, name, args->command->operand);
  if (args->query && !operand && args->sources == 0 && !names_table(args))
    return sund_fail(ctx, SUND_USAGE,
                     "a project file or sources are missing: sund %s (PROJECT.yaml | --ROLE SOURCE …)", name);
  if ((args->command->bit & projects) && operand && is_data(operand))
    return sund_fail(ctx, SUND_USAGE, "'%s' is no project file; a source belongs to a query: sund QUERY --ROLE %s",
                     operand, operand);
  if (args->command->bit == COMMAND_EXPLAIN) TRY(check_question(ctx, &args->common));
  if (args->common.scenario && !operand)
    return sund_fail(ctx, SUND_USAGE, "--scenario: scenarios stand in a project file, and none is given");
  return SUND_OK;
}

static sund_code check_output(sund_ctx *ctx, const arguments *args) {
  const vocabulary_values *common = &args->common;
  bool works = (args->command->bit & (COMMAND_RUN | COMMAND_QUERY)) != 0;
  if (works && !common->output && !common->json && !common->dry_run)
    return sund_fail(ctx, SUND_USAGE, "-o RESULT.gpkg is missing (not needed with --json or --dry-run)");
  if (common->output && is_data(common->output) && !ends_in(common->output, ".gpkg"))
    return sund_fail(ctx, SUND_USAGE, "--output: the result is a GeoPackage; name it something.gpkg, not '%s'",
                     common->output);
  return SUND_OK;
}

/* Sets the common options from what was collected and holds them against the command. */
static sund_code set_common(reader *in) {
  arguments *out = in->out;
  for (size_t i = 0; i < in->commons; i++) {
    const vocabulary_option *option = find_common(in->common[i].name, 0);
    if (!takes_common(out, option))
      return sund_fail(in->ctx, SUND_USAGE, "%s does not take --%s", command_name(out), option->option.name);
    TRY(options_set(in->ctx, command_name(out), 1, &option->option, &in->common[i], &out->common));
  }
  vocabulary_values *common = &out->common;
  if (common->quiet && common->verbose)
    return sund_fail(in->ctx, SUND_USAGE, "--quiet and --verbose contradict each other");
  if (common->threads > (double)(int)common->threads)
    return sund_fail(in->ctx, SUND_USAGE, "--threads: %g is not a whole number", common->threads);
  if (common->lang) out->language = text_language(common->lang);
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- help */

/* Is help asked for anywhere? Then only the command and the language matter, as far as they are understood. */
static bool wants_help(int argc, char *const *argv) {
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
  return false;
}

static sund_code read_help(sund_ctx *ctx, int argc, char *const *argv, arguments *out) {
  out->common.help = true;
  for (int i = 1; i < argc; i++) {
    const char *language = NULL;
    if (strncmp(argv[i], "--lang=", 7) == 0) language = argv[i] + 7;
    if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) language = argv[++i];
    if (language && text_language(language) >= 0) out->language = text_language(language);
    if (language || argv[i][0] == '-') continue;
    if (!out->command) TRY(read_command(ctx, argv[i], out));
    else if (!out->operand) out->operand = argv[i];
  }
  return SUND_OK;
}

sund_code arguments_read(sund_ctx *ctx, int argc, char *const *argv, arguments *out) {
  *out = (arguments){.language = text_language_of_environment()};
  if (argc < 2)
    return sund_fail(ctx, SUND_USAGE, "say what to do: sund run PROJECT.yaml -o RESULT.gpkg, or see sund help");
  if (wants_help(argc, argv)) return read_help(ctx, argc, argv, out);
  size_t words = (size_t)argc;
  reader in = {.ctx = ctx, .argc = argc, .argv = argv, .next = 1, .out = out};
  in.common = sund_alloc(ctx, words, sizeof *in.common);
  in.piece = sund_alloc(ctx, 2 * words + 1, sizeof *in.piece);
  out->source = sund_alloc(ctx, words, sizeof *out->source);
  out->request.setting = sund_alloc(ctx, words, sizeof *out->request.setting);
  if (!in.common || !in.piece || !out->source || !out->request.setting) return SUND_LIMIT;
  record(&in, "sund");
  while (in.next < argc) TRY(read_word(&in, argv[in.next++]));
  TRY(set_common(&in));
  TRY(join_record(&in));
  if (out->common.version) return SUND_OK;
  if (!out->command) return sund_fail(ctx, SUND_USAGE, "say what to do: a command is missing (see sund help)");
  TRY(check_operand(ctx, out));
  return check_output(ctx, out);
}
