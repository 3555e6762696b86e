/* help.c - help texts on stdout, made from the tables of commands, options, needs and answers.
 *
 * Nothing about a query is said here: a new option in its table is a new line of its help. The left column is ASCII
 * apart from the dots in "N,N,…", which count as one.
 */
#include "help.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { LEFT = 30 }; /* width of the left column */

/* Words of the help itself. */
typedef enum phrase {
  USAGE,
  COMMANDS,
  QUERIES,
  READS,
  OPTIONS,
  COMMON,
  GIVES,
  EXAMPLE,
  REQUIRED,
  DEFAULT,
  REPEATABLE,
  FROM,
  TO,
  REPLACES,
  SOURCE_FORM,
  VERDICTS,
  EXIT_CODES,
  MORE,
  PHRASES
} phrase;

static const char *const phrases[PHRASES][3] = {
    [USAGE] = {"Brug", "Användning", "Usage"},
    [COMMANDS] = {"Kommandoer", "Kommandon", "Commands"},
    [QUERIES] = {"Forespørgsler", "Frågor", "Queries"},
    [READS] = {"Læser", "Läser", "Reads"},
    [OPTIONS] = {"Valgmuligheder", "Alternativ", "Options"},
    [COMMON] = {"Fælles valgmuligheder", "Gemensamma alternativ", "Common options"},
    [GIVES] = {"Giver", "Ger", "Gives"},
    [EXAMPLE] = {"Eksempel", "Exempel", "Example"},
    [REQUIRED] = {"påkrævet", "krävs", "required"},
    [DEFAULT] = {"standard", "standard", "default"},
    [REPEATABLE] = {"kan gentages", "kan upprepas", "repeatable"},
    [FROM] = {"fra", "från", "from"},
    [TO] = {"til", "till", "to"},
    [REPLACES] =
        {"En rolle, der gives her, erstatter alle projektets kilder til den rolle; en valgmulighed erstatter "
         "projektets.",
         "En roll som ges här ersätter projektets alla källor för den rollen; ett alternativ ersätter projektets.",
         "A role given here replaces all the project's sources of that role; an option replaces the project's."},
    [SOURCE_FORM] =
        {"SOURCE er PATH|layername=NAME|where=EXPRESSION|crs=EPSG:…|COLUMN=FIELD; alt efter PATH kan udelades.",
         "SOURCE är PATH|layername=NAME|where=EXPRESSION|crs=EPSG:…|COLUMN=FIELD; allt efter PATH kan utelämnas.",
         "SOURCE is PATH|layername=NAME|where=EXPRESSION|crs=EPSG:…|COLUMN=FIELD; all after PATH is optional."},
    [VERDICTS] = {"Vurderinger: op og ned (intervallerne er adskilt), uændret, uafgjort (de overlapper), afvist "
                  "(anden metode eller "
                  "enhed; slutkode 1).",
                  "Bedömningar: upp och ned (intervallen är åtskilda), oförändrad, oavgjord (de överlappar), avvisad "
                  "(annan metod "
                  "eller enhet; slutkod 1).",
                  "Verdicts: up and down (the intervals are apart), same, undecided (they overlap), refused (other "
                  "method or unit; "
                  "exit code 1)."},
    [EXIT_CODES] = {"Slutkoder: 0 færdig, 1 en kontrol fejlede, 2 brug eller projektfil, 3 inddata, 4 omgivelser, 5 "
                    "fejl i sund, 6 grænse, 130 afbrudt.",
                    "Slutkoder: 0 klart, 1 en kontroll misslyckades, 2 användning eller projektfil, 3 indata, 4 "
                    "omgivning, 5 fel i sund, 6 gräns, 130 avbrutet.",
                    "Exit codes: 0 complete, 1 a check failed, 2 usage or project file, 3 input data, 4 "
                    "surroundings, 5 defect in sund, 6 limit, 130 interrupted."},
    [MORE] = {"Mere om en forespørgsel: sund help QUERY", "Mer om en fråga: sund help QUERY",
              "More about a query: sund help QUERY"},
};

static const char *say(phrase which, int language) {
  return text_in(phrases[which], language);
}

static void print_heading(phrase which, int language) {
  printf("\n%s:\n", say(which, language));
}

/* Characters of a UTF-8 text. */
static int width_of(const char *text) {
  int width = 0;
  for (; *text; text++) width += ((unsigned char)*text & 0xc0) != 0x80;
  return width;
}

/* One line of a table; a long left side pushes the right one onto its own line. */
static void print_row(const char *left, const char *right) {
  int width = width_of(left);
  if (!*right) printf("  %s\n", left);
  else if (width <= LEFT - 2) printf("  %s%*s%s\n", left, LEFT - width, "", right);
  else printf("  %s\n  %*s%s\n", left, LEFT, "", right);
}

/* How the value of an option is shown: "M", "N,N,…", "land|straight". */
static const char *metavar(sund_ctx *ctx, const sund_option *option) {
  const char *text = NULL;
  switch (option->kind) {
    case SUND_FLAG:
      return "";
    case SUND_NUMBER:
      return " N";
    case SUND_NUMBERS:
      return " N,N,…";
    default:
      if (!option->words) return " TEXT";
  }
  for (size_t i = 0; option->words[i]; i++) {
    text = sund_text(ctx, "%s%s%s", text ? text : " ", text ? "|" : "", option->words[i]);
    if (!text) break;
  }
  return text ? text : "";
}

/* "m, default 250, from 0 to 5000" */
static const char *details(sund_ctx *ctx, const sund_option *option, int language) {
  const char *part[4] = {NULL};
  size_t count = 0;
  if (option->unit) part[count++] = option->unit;
  if (option->fallback) part[count++] = sund_text(ctx, "%s %s", say(DEFAULT, language), option->fallback);
  bool number = option->kind == SUND_NUMBER || option->kind == SUND_NUMBERS;
  if (number && option->low < option->high) {
    const char *low = option->low > -1e300 ? sund_text(ctx, "%s %g", say(FROM, language), option->low) : NULL;
    const char *high = option->high < 1e300 ? sund_text(ctx, "%s %g", say(TO, language), option->high) : NULL;
    if (low || high)
      part[count++] = sund_text(ctx, "%s%s%s", low ? low : "", low && high ? " " : "", high ? high : "");
  }
  if (option->kind == SUND_STRINGS) part[count++] = say(REPEATABLE, language);
  const char *text = "";
  for (size_t i = 0; i < count && text && part[i]; i++) text = sund_text(ctx, "%s%s%s", text, i ? ", " : "", part[i]);
  return text && *text ? sund_text(ctx, " (%s)", text) : "";
}

static sund_code print_option(sund_ctx *ctx, const sund_option *option, const char *shown, char letter,
                              int language) {
  const char letter_text[5] = {'-', letter, ',', ' ', 0};
  const char *value = shown ? sund_text(ctx, " %s", shown) : metavar(ctx, option);
  const char *left = sund_text(ctx, "%s--%s%s", letter ? letter_text : "", option->name, value ? value : "");
  const char *more = details(ctx, option, language);
  const char *right = sund_text(ctx, "%s%s", text_in(option->help, language), more ? more : "");
  if (!left || !right) return SUND_LIMIT;
  print_row(left, right);
  return SUND_OK;
}

static sund_code print_common(sund_ctx *ctx, unsigned bit, int language) {
  print_heading(COMMON, language);
  for (const vocabulary_option *row = vocabulary_options; row->option.name; row++)
    if (row->commands & bit) TRY(print_option(ctx, &row->option, row->metavar, row->letter, language));
  return SUND_OK;
}

static sund_code print_needs(sund_ctx *ctx, const sund_query *query, int language) {
  print_heading(READS, language);
  for (size_t i = 0; i < query->need_count; i++) {
    const sund_need *need = &query->needs[i];
    const char *left = sund_text(ctx, "--%s SOURCE", sund_role_of(need->role)->name);
    const char *mark = need->required ? sund_text(ctx, " (%s)", say(REQUIRED, language)) : "";
    const char *right = sund_text(ctx, "%s%s", text_in(need->why, language), mark ? mark : "");
    if (!left || !right) return SUND_LIMIT;
    print_row(left, right);
  }
  printf("  %s\n  %s\n", say(SOURCE_FORM, language), say(REPLACES, language));
  return SUND_OK;
}

/* A command line that works: the required roles, and if there is none, the first role. */
static void print_example(const sund_query *query, int language) {
  print_heading(EXAMPLE, language);
  printf("  sund %s project.yaml -o result.gpkg\n  sund %s", query->name, query->name);
  bool any_required = false;
  for (size_t i = 0; i < query->need_count; i++) any_required = any_required || query->needs[i].required;
  for (size_t i = 0; i < query->need_count; i++) {
    if (any_required ? !query->needs[i].required : i > 0) continue;
    const char *role = sund_role_of(query->needs[i].role)->name;
    printf(" --%s %s.gpkg", role, role);
  }
  puts(" -o result.gpkg");
}

sund_code help_query(sund_ctx *ctx, const sund_query *query, int language) {
  printf("sund %s: %s\n", query->name, text_in(query->summary, language));
  print_heading(USAGE, language);
  printf("  sund %s PROJECT.yaml [options] -o RESULT.gpkg\n", query->name);
  printf("  sund %s --ROLE SOURCE … [options] -o RESULT.gpkg\n", query->name);
  TRY(print_needs(ctx, query, language));
  if (query->option_count > 0) print_heading(OPTIONS, language);
  for (size_t i = 0; i < query->option_count; i++)
    if (sund_role_find(query->options[i].name) == SUND_ROLE_COUNT) /* a role is among what is read */
      TRY(print_option(ctx, &query->options[i], NULL, 0, language));
  TRY(print_common(ctx, COMMAND_QUERY, language));
  if (query->answers && query->answers[0]) print_heading(GIVES, language);
  for (size_t i = 0; query->answers && query->answers[i]; i++) printf("  %s\n", query->answers[i]);
  print_example(query, language);
  return SUND_OK;
}

sund_code help_command(sund_ctx *ctx, const vocabulary_command *command, int language) {
  printf("sund %s: %s\n", command->name, text_in(command->summary, language));
  print_heading(USAGE, language);
  const char *more = command->bit == COMMAND_RUN       ? " [options] -o RESULT.gpkg"
                     : command->bit == COMMAND_TREND   ? " [options]"
                     : command->bit == COMMAND_EXPLAIN ? " (--home ID | --place ID --to ID) [options] [-o ROUTE.gpkg]"
                                                       : "";
  printf("  sund %s %s%s\n", command->name, command->operand, more);
  TRY(print_common(ctx, command->bit, language));
  if (command->bit == COMMAND_TREND) printf("\n%s\n", say(VERDICTS, language));
  return SUND_OK;
}

sund_code help_program(sund_ctx *ctx, int language) {
  static const char *const what[3] = {"mål for byerne omkring Øresund, fra GIS-lag til én GeoPackage",
                                      "mått för städerna kring Öresund, från GIS-lager till en GeoPackage",
                                      "measures for the cities around the Sound, from GIS layers to one GeoPackage"};
  printf("sund %s: %s\n", SUND_VERSION, text_in(what, language));
  print_heading(COMMANDS, language);
  for (const vocabulary_command *command = vocabulary_commands; command->bit; command++) {
    const char *left = sund_text(ctx, "sund %s %s", command->name ? command->name : "QUERY", command->operand);
    if (!left) return SUND_LIMIT;
    print_row(left, text_in(command->summary, language));
  }
  print_heading(QUERIES, language);
  for (size_t i = 0; sund_queries[i]; i++)
    print_row(sund_queries[i]->name, text_in(sund_queries[i]->summary, language));
  TRY(print_common(ctx, COMMAND_RUN | COMMAND_QUERY, language));
  printf("\n%s\n%s\n", say(MORE, language), say(EXIT_CODES, language));
  return SUND_OK;
}
