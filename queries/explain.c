/* explain.c - the command: reads the result, asks the explainers of the queries it holds, prints and writes.
 *
 * Order: the output's place, the result, the facts; then the text or the JSON document, then the GeoPackage. The text is
 * in the user's language, the GeoPackage in the one asked for, so that the environment does not change it.
 */
#include "explain.h"

#include <string.h>
#include <sys/stat.h>

#include "record.h"
#include "text.h"

static const explainer *const explainers[] = {&explain_access, &explain_flood, &explain_catchment};
enum { EXPLAINERS = sizeof explainers / sizeof *explainers };

/* -------------------------------------------------------------------------------------------------------- reading */

static sund_code open_result(sund_ctx *ctx, const explain_settings *settings, explain_question *out) {
  sund_result *result;
  sund_table *run, *read;
  TRY(sund_result_open(ctx, settings->path, &result));
  TRY(sund_result_table(ctx, result, "run", NULL, NULL, &run));
  TRY(sund_result_table(ctx, result, "sources", NULL, NULL, &read));
  *out = (explain_question){.result = result,
                            .path = settings->path,
                            .file = sund_base_name(settings->path),
                            .home = settings->home,
                            .standard = settings->standard,
                            .place = settings->place,
                            .to = settings->to,
                            .run = run,
                            .sources = read};
  return SUND_OK;
}

static sund_code find_facts(sund_ctx *ctx, const explain_question *question, void *facts[EXPLAINERS]) {
  bool any = false;
  for (size_t i = 0; i < EXPLAINERS; i++) {
    facts[i] = NULL;
    if (explainers[i]->ways != (question->place != NULL)) continue;
    TRY(explainers[i]->find(ctx, question, &facts[i]));
    any = any || facts[i];
  }
  if (any) return SUND_OK;
  if (question->place)
    sund_fail(ctx, SUND_DATA, "holds no way: the layer catchment_routes is missing; run catchment with --route %s:%s",
              question->place, question->to);
  else
    sund_fail(ctx, SUND_DATA,
              "holds no answer about homes: neither access_homes nor flood_homes is among its layers");
  return sund_blame(ctx, question->file, SUND_NO_FEATURE);
}

/* ------------------------------------------------------------------------------------------------------- telling */

/* Does one of the answers rest on the role? data: the facts of each explainer. */
static bool any_reads(const void *data, const char *role) {
  void *const *facts = data;
  for (size_t i = 0; i < EXPLAINERS; i++)
    if (facts[i] && explainers[i]->reads(facts[i], role)) return true;
  return false;
}

static sund_code tell(sund_ctx *ctx, const explain_question *question, void *const facts[EXPLAINERS], int language,
                      explain_answer *out) {
  *out = (explain_answer){0};
  for (size_t i = 0; i < EXPLAINERS; i++)
    if (facts[i]) TRY(explainers[i]->tell(ctx, facts[i], language, out));
  return explain_sources_tell(ctx, question, any_reads, facts, language, out);
}

/* Text of unknown content may hold what a terminal would obey: every line is made plain. */
static void print_text(const char *text) {
  for (const char *line = text; *line;) {
    size_t length = strcspn(line, "\n");
    char piece[1024];
    for (size_t at = 0; at < length;) {
      size_t n = length - at < sizeof piece - 1 ? length - at : sizeof piece - 1;
      while (at + n < length && n > 1 && ((unsigned char)line[at + n] & 0xc0) == 0x80)
        n--; /* not within a character */
      memcpy(piece, line + at, n);
      piece[n] = 0;
      text_put_plain(stdout, piece);
      at += n;
    }
    putchar('\n');
    line += length + (line[length] == '\n');
  }
}

static sund_code print_json(sund_ctx *ctx, const explain_question *question, void *const facts[EXPLAINERS]) {
  enum { OWN = 3 };
  explain_answer answer = {0};
  sund_json_member member[OWN + EXPLAIN_MEMBERS] = {
      {"program", "sund " SUND_VERSION, NULL}, {"result", question->file, NULL}, {"run", NULL, question->run}};
  const char *text;
  for (size_t i = 0; i < EXPLAINERS; i++)
    if (facts[i]) TRY(explainers[i]->tables(ctx, facts[i], &answer));
  TRY(explain_sources_table(ctx, question, any_reads, facts, &answer));
  memcpy(member + OWN, answer.member, answer.members * sizeof *member);
  TRY(sund_json_write(ctx, OWN + answer.members, member, &text));
  puts(text);
  return SUND_OK;
}

/* Would writing the way destroy the result it is read from? */
static sund_code check_overlap(sund_ctx *ctx, const explain_settings *settings) {
  struct stat out, in;
  if (!settings->output || stat(settings->output, &out) != 0 || stat(settings->path, &in) != 0) return SUND_OK;
  if (in.st_dev != out.st_dev || in.st_ino != out.st_ino) return SUND_OK;
  return sund_fail(ctx, SUND_USAGE, "--output: '%s' is the result that is explained; choose another name",
                   settings->output);
}

sund_code explain_run(sund_ctx *ctx, const explain_settings *settings) {
  explain_question question;
  void *facts[EXPLAINERS];
  explain_answer answer;
  TRY(check_overlap(ctx, settings));
  if (settings->output) TRY(sund_gpkg_target(ctx, settings->output, settings->overwrite));
  TRY(open_result(ctx, settings, &question));
  TRY(find_facts(ctx, &question, facts));
  if (settings->json) {
    TRY(print_json(ctx, &question, facts));
  } else {
    TRY(tell(ctx, &question, facts, settings->language, &answer));
    if (answer.text) print_text(answer.text);
  }
  TRY(text_flush(ctx)); /* before the file: a run that fails leaves none */
  if (!settings->output) return SUND_OK;
  TRY(tell(ctx, &question, facts, settings->label_language, &answer));
  return explain_write(ctx, settings, &question, &answer);
}
