/* command.c - the program as a function: reads the command line, does what it says, tells what went wrong.
 *
 * Order: arguments_read (opens nothing), then the command. All that makes exit code 2 is found by arguments.c,
 * assembly.c and the tables before run_project is called. One failure makes one message, printed here and nowhere
 * else, in the form of a compiler: `sund access: homes.gpkg: persons is negative (feature 8)`, or
 * `project.yaml:14:9: ...` when the message names a place itself.
 */
#include "command.h"

#include <poll.h>
#include <string.h>

#include "assembly.h"
#include "explain.h"
#include "help.h"
#include "listing.h"
#include "progress.h"
#include "run.h"
#include "text.h"
#include "trend.h"

/* Exit codes of contract section 1, by sund_code. */
static const int exit_codes[] = {[SUND_OK] = 0,     [SUND_USAGE] = 2, [SUND_SOURCE] = 3, [SUND_DATA] = 3,
                                 [SUND_OUTPUT] = 4, [SUND_LIMIT] = 6, [SUND_DEFECT] = 5, [SUND_CANCELLED] = 130};

/* ------------------------------------------------------------------------------------------------------ messages */

/* Does the message begin with a place, `FILE:LINE:COLUMN: `? */
static bool begins_with_place(const char *message) {
  const char *end = strstr(message, ": ");
  if (!end) return false;
  for (int numbers = 0; numbers < 2; numbers++) {
    const char *digits = end;
    while (digits > message && digits[-1] >= '0' && digits[-1] <= '9') digits--;
    if (digits == end || digits == message || digits[-1] != ':') return false;
    end = digits - 1;
  }
  return end > message;
}

/* "sund access: " */
static void print_name(const arguments *args) {
  const char *word = args->query ? args->query->name : args->command ? args->command->name : NULL;
  fprintf(stderr, word ? "sund %s: " : "sund%s: ", word ? word : "");
}

/* A message as one line on stderr. */
static void print_message(const arguments *args, const char *source, const char *message, int64_t feature) {
  if (!begins_with_place(message)) {
    print_name(args);
    if (source && *source) {
      text_put_plain(stderr, source);
      fputs(": ", stderr);
    }
  }
  text_put_plain(stderr, message);
  if (feature != SUND_NO_FEATURE) fprintf(stderr, " (feature %lld)", (long long)feature);
  fputc('\n', stderr);
}

/* The failure of a context. */
static void print_failure(const sund_ctx *ctx, const arguments *args) {
  const char *message = "a failure without a message", *source = NULL;
  int64_t feature = SUND_NO_FEATURE;
  sund_failure(ctx, &message, &source, &feature);
  print_message(args, source, message, feature);
}

/* Roles given on the command line that the query does not read: said, not refused. */
static void print_unread(const arguments *args) {
  for (size_t i = 0; i < args->sources; i++) {
    sund_role role = args->source[i].role;
    bool read = false;
    for (size_t k = 0; k < args->query->need_count; k++) read = read || args->query->needs[k].role == role;
    if (read || args->common.quiet) continue;
    print_name(args);
    fprintf(stderr, "note: --%s is not read by this query\n", sund_role_of(role)->name);
  }
}

/* ------------------------------------------------------------------------------------------------------- commands */

/* What is under way. */
typedef struct call {
  sund_ctx *ctx;
  arguments args;
  progress shown;
  size_t problems; /* sund check: printed so far */
  bool refused;    /* sund trend: a comparison was */
} call;

/* sund check goes on behind a problem. */
static void report_problem(const sund_ctx *problem, void *data) {
  call *now = data;
  now->problems++;
  print_failure(problem, &now->args);
}

static run_settings settings_of(call *now) {
  const arguments *args = &now->args;
  const vocabulary_values *common = &args->common;
  bool baseline = !common->scenario || strcmp(common->scenario, "baseline") == 0;
  return (run_settings){.output = common->output,
                        .overwrite = common->overwrite,
                        .json = common->json,
                        .dry_run = common->dry_run,
                        .quiet = common->quiet,
                        .verbose = common->verbose,
                        .check = args->command->bit == COMMAND_CHECK,
                        /* the result must not depend on the locale: labels are English unless asked for */
                        .language = common->lang ? args->language : SUND_EN,
                        .scenario = baseline ? NULL : common->scenario,
                        .command = args->recorded,
                        .problem = report_problem,
                        .problem_data = now};
}

static sund_code command_work(call *now) {
  sund_project *project = NULL;
  TRY(assembly_project(now->ctx, &now->args, &project));
  TRY(assembly_check(now->ctx, &now->args, project));
  if (now->args.query) print_unread(&now->args);
  TRY(sund_progress(now->ctx, 0, "start"));
  const run_settings settings = settings_of(now);
  return run_project(now->ctx, project, &settings);
}

static sund_code fail_problems(call *now) {
  return sund_fail(now->ctx, SUND_USAGE, "%zu problem%s in the project file", now->problems,
                   now->problems == 1 ? "" : "s");
}

/* Prints what is wrong with the file as such; then what its queries say to their options; then opens the sources. */
static sund_code command_check(call *now) {
  enum { ROOM = 100 };
  const char *message[ROOM];
  TRY(sund_project_problems(now->ctx, now->args.operand, ROOM, message, &now->problems));
  for (size_t i = 0; i < now->problems; i++) print_message(&now->args, NULL, message[i], SUND_NO_FEATURE);
  if (now->problems > 0) return fail_problems(now);
  sund_project *project = NULL;
  TRY(assembly_project(now->ctx, &now->args, &project));
  TRY(assembly_check_all(now->ctx, project, report_problem, now));
  if (now->problems > 0) return fail_problems(now);
  TRY(sund_progress(now->ctx, 0, "start"));
  const run_settings settings = settings_of(now);
  return run_project(now->ctx, project, &settings);
}

static sund_code command_help(const call *now) {
  const arguments *args = &now->args;
  const char *topic = args->operand;
  bool other = args->command && args->command->bit != COMMAND_HELP;
  if (other && args->query) return help_query(now->ctx, args->query, args->language);
  if (other) return help_command(now->ctx, args->command, args->language);
  if (!topic) return help_program(now->ctx, args->language);
  const sund_query *query = sund_query_find(topic);
  if (query) return help_query(now->ctx, query, args->language);
  const vocabulary_command *command = vocabulary_command_find(topic);
  if (command) return help_command(now->ctx, command, args->language);
  return vocabulary_fail_query(now->ctx, topic, true, (sund_mark){0});
}

static sund_code command_trend(call *now) {
  const arguments *args = &now->args;
  const trend_settings settings = {.old_path = args->operand,
                                   .new_path = args->second,
                                   .indicator = &args->common.indicator,
                                   .area = args->common.area,
                                   .json = args->common.json,
                                   .quiet = args->common.quiet,
                                   .language = args->language};
  return trend_run(now->ctx, &settings, &now->refused);
}

static sund_code command_explain(call *now) {
  const arguments *args = &now->args;
  const vocabulary_values *common = &args->common;
  const explain_settings settings = {.path = args->operand,
                                     .home = common->home,
                                     .place = common->place,
                                     .to = common->to,
                                     .standard = common->standard,
                                     .output = common->output,
                                     .command = args->recorded,
                                     .overwrite = common->overwrite,
                                     .json = common->json,
                                     .quiet = common->quiet,
                                     .language = args->language,
                                     .label_language = common->lang ? args->language : SUND_EN};
  return explain_run(now->ctx, &settings);
}

static sund_code command_version(const call *now) {
  const char *libraries = NULL;
  puts("sund " SUND_VERSION);
  if (!now->args.common.verbose) return SUND_OK;
  TRY(sund_library_versions(now->ctx, &libraries));
  puts(libraries);
  return SUND_OK;
}

static sund_code command_do(call *now) {
  const arguments *args = &now->args;
  if (args->common.help) return command_help(now);
  if (args->common.version) return command_version(now);
  if (args->common.threads > 0) sund_ctx_threads(now->ctx, (int)args->common.threads);
  switch (args->command->bit) {
    case COMMAND_RUN:
    case COMMAND_QUERY:
      return command_work(now);
    case COMMAND_CHECK:
      return command_check(now);
    case COMMAND_DEMO:
      return sund_demo_write(now->ctx, args->operand);
    case COMMAND_EXPLAIN:
      return command_explain(now);
    case COMMAND_TREND:
      return command_trend(now);
    case COMMAND_LIST:
      return listing_print(now->ctx, args->operand, args->language);
    default:
      return command_help(now);
  }
}

/* Did the reader of our stdout go away? Then there is nobody to complain to. */
static bool reader_gone(void) {
  struct pollfd out = {.fd = fileno(stdout), .events = POLLOUT};
  return ferror(stdout) && poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int command_run(sund_ctx *ctx, int argc, char **argv, const volatile sig_atomic_t *stop) {
  call now = {.ctx = ctx};
  sund_code code = arguments_read(ctx, argc, argv, &now.args);
  if (code == SUND_OK) {
    progress_init(&now.shown, stderr, now.args.common.progress, now.args.common.quiet, stop);
    sund_ctx_progress(ctx, progress_hook, &now.shown);
    code = command_do(&now);
    if (code == SUND_OK) code = text_flush(ctx);
    sund_ctx_progress(ctx, NULL, NULL);
    progress_finish(&now.shown, code == SUND_OK);
  }
  if (code != SUND_OK && !(code == SUND_OUTPUT && reader_gone())) print_failure(ctx, &now.args);
  clearerr(stdout);
  fflush(stderr);
  enum { CHECK_FAILED = 1 };
  return code == SUND_OK && now.refused ? CHECK_FAILED : exit_codes[code];
}

int sund_command(sund_ctx *ctx, int argc, char **argv) {
  return command_run(ctx, argc, argv, NULL);
}
