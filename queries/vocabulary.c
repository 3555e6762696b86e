/* vocabulary.c - the words of the command line as tables: commands, common options, queries to come. */
#include "vocabulary.h"

#include <string.h>

const vocabulary_command vocabulary_commands[] = {
    {COMMAND_RUN,
     "run",
     "PROJECT.yaml",
     1,
     {"kører alle forespørgsler i en projektfil", "kör alla frågor i en projektfil",
      "runs all queries of a project file"}},
    {COMMAND_CHECK,
     "check",
     "PROJECT.yaml",
     1,
     {"læser alt, nævner alle problemer, beregner intet", "läser allt, nämner alla problem, beräknar inget",
      "reads everything, lists every problem, computes nothing"}},
    {COMMAND_DEMO,
     "demo",
     "DIR",
     1,
     {"skriver et komplet lille demoprojekt", "skriver ett komplett litet demoprojekt",
      "writes a complete small demo project"}},
    {COMMAND_EXPLAIN,
     "explain",
     "RESULT.gpkg",
     1,
     {"forklarer et hjems tal (--home), eller en rejse ben for ben (--place, --to)",
      "förklarar ett hems tal (--home), eller en resa etapp för etapp (--place, --to)",
      "explains a home's numbers (--home), or a way leg by leg (--place, --to)"}},
    {COMMAND_TREND,
     "trend",
     "OLD.gpkg NEW.gpkg",
     2,
     {"sammenligner to resultater; afviser tal af forskellig metode",
      "jämför två resultat; avvisar tal av olika metod",
      "compares two results; refuses numbers of different methods"}},
    {COMMAND_LIST,
     "list",
     "queries|roles|profiles|standards",
     1,
     {"viser hvad der findes, én linje hver", "visar vad som finns, en rad var",
      "shows what there is, one line each"}},
    {COMMAND_HELP,
     "help",
     "[QUERY]",
     0,
     {"viser hjælp, også til en forespørgsel", "visar hjälp, även för en fråga", "shows help, also for a query"}},
    {COMMAND_QUERY,
     NULL,
     "[PROJECT.yaml]",
     0,
     {"én forespørgsel, af en projektfil eller af --ROLE SOURCE …",
      "en fråga, ur en projektfil eller --ROLE SOURCE …", "one query, of a project file or of --ROLE SOURCE …"}},
    {.bit = 0}};

#define WORK (COMMAND_RUN | COMMAND_QUERY)
#define READ (COMMAND_RUN | COMMAND_QUERY | COMMAND_CHECK)
#define TALK (READ | COMMAND_DEMO)
#define SAY (TALK | COMMAND_TREND | COMMAND_EXPLAIN)
#define ALL (SAY | COMMAND_LIST | COMMAND_HELP)

static const char *const languages[] = {"da", "sv", "en", NULL};
static const char *const progress_modes[] = {"auto", "always", "never", "json", NULL};

/* The option part of a row: its kind, and the member of the same name with "_" for "-". */
#define OPTION(word, kind_, member, ...) \
  .option = {.name = word, .kind = kind_, .offset = offsetof(vocabulary_values, member), __VA_ARGS__}

const vocabulary_option vocabulary_options[] = {
    {OPTION("output", SUND_STRING, output,
            .help = {"resultatet, en GeoPackage", "resultatet, en GeoPackage", "the result, a GeoPackage"}),
     .letter = 'o', .metavar = "RESULT.gpkg", .commands = WORK | COMMAND_EXPLAIN},
    {OPTION(
         "overwrite", SUND_FLAG, overwrite,
         .help = {"erstat et resultat der findes", "ersätt ett resultat som finns", "replace a result that exists"}),
     .commands = WORK | COMMAND_EXPLAIN},
    {OPTION("only", SUND_STRING, only,
            .help = {"kun disse forespørgsler", "bara dessa frågor", "only these queries"}),
     .metavar = "QUERY,…", .commands = COMMAND_RUN, .recorded = true},
    {OPTION("scenario", SUND_STRING, scenario,
            .help = {"et scenarie i projektfilen", "ett scenario i projektfilen", "a scenario of the project file"}),
     .metavar = "NAME", .commands = WORK, .recorded = true},
    {OPTION("crs", SUND_STRING, crs,
            .help = {"koordinatsystem at regne i, i meter", "koordinatsystem att räkna i, i meter",
                     "CRS to compute in, in metres"}),
     .metavar = "EPSG:CODE", .commands = READ, .recorded = true},
    {OPTION("heights", SUND_STRING, heights,
            .help = {"resultaternes højdesystem", "resultatens höjdsystem", "height system of the results"}),
     .metavar = "EPSG:CODE", .commands = READ, .recorded = true},
    {OPTION("threads", SUND_NUMBER, threads,
            .help = {"tråde; ellers alle kerner", "trådar; annars alla kärnor", "threads; else all cores"}, .low = 1,
            .high = 1024),
     .commands = READ},
    {OPTION("dry-run", SUND_FLAG, dry_run,
            .help = {"vis planen, skriv intet", "visa planen, skriv inget", "print the plan, write nothing"}),
     .letter = 'n', .commands = WORK},
    {OPTION("json", SUND_FLAG, json,
            .help = {"tallene som ét JSON-dokument på stdout", "talen som ett JSON-dokument på stdout",
                     "the numbers as one JSON document on stdout"}),
     .commands = WORK | COMMAND_TREND | COMMAND_EXPLAIN},
    {OPTION("home", SUND_STRING, home,
            .help = {"hjemmets id, eller id/stykke", "hemmets id, eller id/bit", "id of the home, or id/piece"}),
     .metavar = "ID", .commands = COMMAND_EXPLAIN, .recorded = true},
    {OPTION("place", SUND_STRING, place,
            .help = {"id af stedet, en rejse begynder; med --to", "id för platsen där en resa börjar; med --to",
                     "id of the place where a way begins; with --to"}),
     .metavar = "ID", .commands = COMMAND_EXPLAIN, .recorded = true},
    {OPTION("to", SUND_STRING, to,
            .help = {"id af det sted eller hjem, rejsen ender", "id för den plats eller det hem där resan slutar",
                     "id of the place or home where it ends"}),
     .metavar = "ID", .commands = COMMAND_EXPLAIN, .recorded = true},
    {OPTION("standard", SUND_STRING, standard,
            .help = {"kun denne standard", "bara denna standard", "only this standard"}),
     .metavar = "NAME", .commands = COMMAND_EXPLAIN, .recorded = true},
    {OPTION("indicator", SUND_STRINGS, indicator,
            .help = {"kun denne indikator", "bara denna indikator", "only this indicator"}),
     .metavar = "NAME", .commands = COMMAND_TREND},
    {OPTION("area", SUND_STRING, area, .help = {"kun dette område", "bara detta område", "only this area"}),
     .metavar = "ID", .commands = COMMAND_TREND},
    {OPTION("lang", SUND_WORD, lang,
            .help = {"sprog for hjælp (ellers miljøets) og for resultatets etiketter (ellers engelsk)",
                     "språk för hjälp (annars miljöns) och för resultatets etiketter (annars engelska)",
                     "language of help (else the environment's) and of the result's labels (else English)"},
            .words = languages),
     .commands = ALL, .recorded = true},
    {OPTION("progress", SUND_WORD, progress,
            .help = {"fremdrift på stderr; auto: kun på en terminal", "förlopp på stderr; auto: bara på en terminal",
                     "progress on stderr; auto: on a terminal only"},
            .words = progress_modes),
     .commands = TALK},
    {OPTION("quiet", SUND_FLAG, quiet, .help = {"sig kun fejl", "säg bara fel", "say nothing but errors"}),
     .letter = 'q', .commands = SAY},
    {OPTION("verbose", SUND_FLAG, verbose, .help = {"sig mere", "säg mer", "say more"}), .letter = 'v',
     .commands = ALL},
    {OPTION("help", SUND_FLAG, help, .help = {"vis denne hjælp", "visa denna hjälp", "show this help"}),
     .letter = 'h', .commands = ALL},
    {OPTION("version", SUND_FLAG, version, .help = {"vis versionen", "visa versionen", "show the version"}),
     .commands = ALL},
    {.letter = 0}};

const char *const vocabulary_planned[] = {"cloudburst", "connectivity", "goals", "partners", NULL};

const vocabulary_command *vocabulary_command_find(const char *name) {
  for (const vocabulary_command *command = vocabulary_commands; command->bit; command++)
    if (command->name && strcmp(command->name, name) == 0) return command;
  return NULL;
}

const vocabulary_command *vocabulary_command_of(unsigned bit) {
  const vocabulary_command *command = vocabulary_commands;
  while (command->bit && command->bit != bit) command++;
  return command;
}

const char *vocabulary_queries(sund_ctx *ctx) {
  const char *text = sund_queries[0] ? sund_queries[0]->name : "";
  for (size_t i = 1; text && sund_queries[0] && sund_queries[i]; i++)
    text = sund_text(ctx, "%s, %s", text, sund_queries[i]->name);
  return text;
}

/* Is the word a query of the contract that this version does not have? */
static bool planned(const char *word) {
  for (size_t i = 0; vocabulary_planned[i]; i++)
    if (strcmp(vocabulary_planned[i], word) == 0) return true;
  return false;
}

/* The nearest query, or command when these count, or NULL. */
static const char *nearest(const char *word, bool commands) {
  enum { ROOM = 64 };
  const char *words[ROOM];
  size_t count = 0;
  for (size_t i = 0; sund_queries[i] && count < ROOM; i++) words[count++] = sund_queries[i]->name;
  for (size_t i = 0; commands && vocabulary_commands[i].name && count < ROOM; i++)
    words[count++] = vocabulary_commands[i].name;
  return sund_nearest_word(word, count, words);
}

sund_code vocabulary_fail_query(sund_ctx *ctx, const char *word, bool commands, sund_mark mark) {
  const char *has = vocabulary_queries(ctx);
  const char *near = nearest(word, commands);
  const char *text = NULL;
  if (!has) return SUND_LIMIT;
  if (planned(word)) text = sund_text(ctx, "the query '%s' is not in this version (has: %s)", word, has);
  else if (near)
    text = sund_text(ctx, "unknown %s '%s'; did you mean '%s'?", commands ? "command" : "query", word, near);
  else if (commands)
    text = sund_text(ctx, "unknown command '%s' (run, check, demo, explain, trend, list, help, or a query: %s)", word,
                     has);
  else text = sund_text(ctx, "unknown query '%s' (has: %s)", word, has);
  if (!text) return SUND_LIMIT;
  return mark.line > 0 ? sund_fail_at(ctx, mark, "%s", text) : sund_fail(ctx, SUND_USAGE, "%s", text);
}
