/* test_publish.c - a result appears complete or not at all: what stands at its name before, beside it, who else uses
 * it, full disks, killed runs, two runs at once. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "layers/gpkg.h"
#include "support_gpkg.h"

typedef struct place {
  sund_ctx *ctx;
  char *folder, *path;
  sample *result; /* 50 homes, overwrite on */
} place;

static place enter(void **state, const char *name) {
  place p = {.ctx = *state};
  p.folder = folder_new(p.ctx);
  p.path = sund_text(p.ctx, "%s/%s", p.folder, name);
  p.result = sample_new(p.ctx, p.path, 50);
  p.result->spec.overwrite = true;
  return p;
}

/* Writes in a context of its own; message: of the failure. */
static sund_code write_result(const place *p, bool overwrite, char message[1000]) {
  sund_ctx *ctx = sund_ctx_child(p->ctx);
  sund_gpkg_spec spec = p->result->spec;
  spec.overwrite = overwrite;
  sund_code code = sund_gpkg_write(ctx, &spec);
  const char *why = NULL;
  sund_failure(ctx, &why, NULL, NULL);
  if (message) snprintf(message, 1000, "%s", why ? why : "");
  sund_ctx_free(ctx);
  return code;
}

static sund_code look_at_target(const place *p, bool overwrite, char message[1000]) {
  sund_ctx *ctx = sund_ctx_child(p->ctx);
  sund_code code = sund_gpkg_target(ctx, p->path, overwrite);
  const char *why = NULL;
  sund_failure(ctx, &why, NULL, NULL);
  if (message) snprintf(message, 1000, "%s", why ? why : "");
  sund_ctx_free(ctx);
  return code;
}

/* Both the early look and the writing refuse with these words; what stands there keeps its bytes. */
static void expect_refused(const place *p, bool overwrite, const char *words) {
  char message[1000];
  struct stat before, after;
  bool there = lstat(p->path, &before) == 0;
  char names[4096] = "", names_after[4096] = "";
  if (access(p->folder, R_OK) == 0) folder_count(p->folder, names, sizeof names);
  assert_int_equal(look_at_target(p, overwrite, message), SUND_OUTPUT);
  if (!strstr(message, words)) fail_msg("'%s' lacks '%s'", message, words);
  assert_int_equal(write_result(p, overwrite, message), SUND_OUTPUT);
  if (!strstr(message, words)) fail_msg("'%s' lacks '%s'", message, words);
  if (access(p->folder, R_OK) == 0) folder_count(p->folder, names_after, sizeof names_after);
  assert_string_equal(names, names_after);
  if (there) {
    assert_int_equal(lstat(p->path, &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtime == after.st_mtime &&
                before.st_size == after.st_size);
  }
}

static void expect_written(const place *p) {
  char message[1000];
  assert_int_equal(look_at_target(p, true, message), SUND_OK);
  if (write_result(p, true, message) != SUND_OK) fail_msg("%s", message);
  char names[4096] = "";
  if (folder_count(p->folder, names, sizeof names) != 1) fail_msg("in the folder: %s", names);
  assert_string_equal(sql_word(p->ctx, p->path, "SELECT count(*) FROM access_homes"), "50");
  assert_string_equal(sql_word(p->ctx, p->path, "PRAGMA integrity_check"), "ok");
}

/* ------------------------------------------------------------------------------ what stands at the name */

static void test_new_and_exists(void **state) {
  place p = enter(state, "r.gpkg");
  assert_int_equal(write_result(&p, false, NULL), SUND_OK);
  expect_refused(&p, false, "exists; use --overwrite");
  expect_written(&p);
  folder_free(p.folder);
}

static void test_odd_names(void **state) {
  static const char *const names[] = {"Helsingør 100 %.gpkg", "a?b#c&d=e.gpkg", "no_ending", "-o", "%s%n.gpkg"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    place p = enter(state, names[i]);
    expect_written(&p);
    expect_written(&p);
    folder_free(p.folder);
  }
}

static void test_relative_path(void **state) {
  place p = enter(state, "r.gpkg");
  char before[4096];
  assert_non_null(getcwd(before, sizeof before));
  assert_int_equal(chdir(p.folder), 0);
  p.result->spec.path = p.path = (char *)"r.gpkg";
  assert_int_equal(write_result(&p, false, NULL), SUND_OK);
  assert_int_equal(access("r.gpkg", R_OK), 0);
  assert_int_equal(chdir(before), 0);
  folder_free(p.folder);
}

static void test_no_file(void **state) {
  place p = enter(state, "missing/r.gpkg");
  expect_refused(&p, true, "does not exist; create it first");
  folder_free(p.folder);

  p = enter(state, "r.gpkg");
  assert_int_equal(mkdir(p.path, 0777), 0);
  expect_refused(&p, true, "is a folder");
  folder_free(p.folder);

  p = enter(state, "");
  expect_refused(&p, true, "is a folder");
  folder_free(p.folder);

  p = enter(state, "r.gpkg");
  assert_int_equal(mkfifo(p.path, 0666), 0);
  expect_refused(&p, true, "not an ordinary file");
  folder_free(p.folder);

  p = enter(state, "file/r.gpkg");
  file_write(sund_text(p.ctx, "%s/file", p.folder), "x");
  expect_refused(&p, true, "");
  folder_free(p.folder);
}

/* A link is not followed, whether it leads somewhere or not; a folder behind a link is fine. */
static void test_links(void **state) {
  place p = enter(state, "r.gpkg");
  const char *goal = sund_text(p.ctx, "%s/goal.gpkg", p.folder);
  assert_int_equal(symlink(goal, p.path), 0);
  expect_refused(&p, true, "symbolic link");
  file_write(goal, "precious");
  expect_refused(&p, true, "symbolic link");
  assert_int_equal(unlink(p.path), 0);
  const char *real = sund_text(p.ctx, "%s/real", p.folder), *alias = sund_text(p.ctx, "%s/alias", p.folder);
  assert_int_equal(mkdir(real, 0777), 0);
  assert_int_equal(symlink(real, alias), 0);
  p.result->spec.path = p.path = sund_text(p.ctx, "%s/r.gpkg", alias);
  assert_int_equal(write_result(&p, false, NULL), SUND_OK);
  folder_free(real);
  folder_free(p.folder);
}

/* ----------------------------------------------------------------------------- what is in the older file */

static void test_foreign_content(void **state) {
  place p = enter(state, "r.gpkg");
  expect_written(&p);
  sql_run(p.path, "CREATE TABLE my_notes (text)");
  expect_refused(&p, true, "tables that sund did not write (my_notes)");
  sql_run(p.path, "DROP TABLE my_notes; CREATE VIEW far AS SELECT * FROM access_homes");
  expect_refused(&p, true, "(far)");
  sql_run(p.path, "DROP VIEW far; CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)");
  expect_refused(&p, true, "(qgis_projects)");
  sql_run(p.path,
          "DROP TABLE qgis_projects; INSERT INTO layer_styles (f_table_name, styleName, owner) VALUES "
          "('access_homes', 'my own', '')");
  expect_refused(&p, true, "styles that sund did not write (access_homes: my own)");
  sql_run(p.path, "DELETE FROM layer_styles WHERE styleName = 'my own'");
  expect_written(&p);
  folder_free(p.folder);
}

static void test_other_databases(void **state) {
  place p = enter(state, "r.gpkg");
  sql_run(p.path,
          "CREATE TABLE parcels (id); CREATE TABLE roads (id); CREATE TABLE a (id); CREATE TABLE b (id);"
          "CREATE TABLE c (id); CREATE TABLE d (id)");
  expect_refused(&p, true, "(a, b, c, d, parcels, ...)");
  sql_run(p.path, "DROP TABLE parcels; DROP TABLE roads; DROP TABLE a; DROP TABLE b; DROP TABLE c; DROP TABLE d");
  expect_written(&p); /* a database with nothing in it */
  folder_free(p.folder);
}

/* Text named .gpkg is no GeoPackage anybody can use; text named otherwise is somebody's document. */
static void test_no_database(void **state) {
  place p = enter(state, "r.gpkg");
  file_write(p.path, "");
  expect_written(&p);
  unlink(p.path);
  file_write(p.path, "half a copy");
  expect_written(&p);
  folder_free(p.folder);

  p = enter(state, "notes.txt");
  file_write(p.path, "precious");
  expect_refused(&p, true, "not a GeoPackage; it was left as it is");
  unlink(p.path);
  file_write(p.path, "");
  expect_written(&p);
  folder_free(p.folder);
}

static void test_damaged(void **state) {
  place p = enter(state, "r.gpkg");
  expect_written(&p);
  assert_int_equal(truncate(p.path, 2000), 0);
  expect_refused(&p, true, "damaged");
  folder_free(p.folder);
}

/* ------------------------------------------------------------------------------------- what stands beside it */

static void copy_file(sund_ctx *ctx, const char *from, const char *to) {
  size_t length;
  const char *bytes = file_read(ctx, from, &length);
  FILE *file = fopen(to, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

/* A file and its sidecar as a killed program leaves them: copied while a connection is at work on it. */
static void make_crash(const place *p, const char *mode, const char *sidecar) {
  const char *live = sund_text(p->ctx, "%s/live.gpkg", p->folder);
  sample *s = sample_new(p->ctx, live, 300);
  s->spec.overwrite = true;
  assert_ok(p->ctx, sund_gpkg_write(p->ctx, &s->spec));
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(live, &db), SQLITE_OK);
  const char *sql = sund_text(p->ctx,
                              "PRAGMA journal_mode=%s; PRAGMA cache_size=1; PRAGMA wal_autocheckpoint=0; BEGIN;"
                              "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n "
                              "WHERE i < 3001) INSERT INTO run SELECT i, 'old', printf('%%0100d', i) FROM n;",
                              mode);
  assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
  if (strcmp(mode, "WAL") == 0) assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  copy_file(p->ctx, live, p->path);
  copy_file(p->ctx, sund_text(p->ctx, "%s%s", live, sidecar), sund_text(p->ctx, "%s%s", p->path, sidecar));
  sqlite3_close(db);
  unlink(live);
  unlink(sund_text(p->ctx, "%s-wal", live));
  unlink(sund_text(p->ctx, "%s-shm", live));
  unlink(sund_text(p->ctx, "%s-journal", live));
}

/* The trap is real: without the protocol SQLite spoils a file renamed into place. If this ever stops failing, the
 * tests below prove nothing. */
static void test_the_trap(void **state) {
  place p = enter(state, "r.gpkg");
  make_crash(&p, "WAL", "-wal");
  const char *fresh = sund_text(p.ctx, "%s/fresh.gpkg", p.folder);
  p.result->spec.path = fresh;
  assert_ok(p.ctx, sund_gpkg_write(p.ctx, &p.result->spec));
  assert_int_equal(rename(fresh, p.path), 0);
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  assert_int_equal(sqlite3_open(p.path, &db), SQLITE_OK);
  bool reads = sqlite3_prepare_v2(db, "SELECT count(*) FROM run", -1, &statement, NULL) == SQLITE_OK &&
               sqlite3_step(statement) == SQLITE_ROW;
  assert_false(reads && sqlite3_column_int(statement, 0) == 1);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  folder_free(p.folder);
}

static void expect_clean(const place *p) {
  expect_written(p);
  assert_string_equal(sql_word(p->ctx, p->path, "SELECT count(*) FROM run WHERE key = 'old'"), "0");
}

static void test_stale_sidecars(void **state) {
  static const char *const modes[][2] = {{"WAL", "-wal"}, {"DELETE", "-journal"}, {"PERSIST", "-journal"}};
  for (size_t i = 0; i < 3; i++) {
    for (int missing = 0; missing < 2; missing++) {
      place p = enter(state, "r.gpkg");
      make_crash(&p, modes[i][0], modes[i][1]);
      if (missing) assert_int_equal(unlink(p.path), 0);
      expect_clean(&p);
      folder_free(p.folder);
    }
  }
  place p = enter(state, "r.gpkg"); /* beside a file that is no database */
  make_crash(&p, "WAL", "-wal");
  file_write(p.path, "text");
  expect_clean(&p);
  folder_free(p.folder);
}

/* A run that is refused leaves a crashed file and its -wal as they were: the early look changes nothing. */
static void test_look_changes_nothing(void **state) {
  place p = enter(state, "r.gpkg");
  make_crash(&p, "WAL", "-wal");
  const char *wal = sund_text(p.ctx, "%s-wal", p.path);
  size_t lengths[4];
  const char *before[2] = {file_read(p.ctx, p.path, &lengths[0]), file_read(p.ctx, wal, &lengths[1])};
  assert_int_equal(look_at_target(&p, true, NULL), SUND_OK);
  const char *after[2] = {file_read(p.ctx, p.path, &lengths[2]), file_read(p.ctx, wal, &lengths[3])};
  for (int i = 0; i < 2; i++) {
    assert_int_equal(lengths[i], lengths[i + 2]);
    assert_memory_equal(before[i], after[i], lengths[i]);
  }
  assert_int_equal(folder_count(p.folder, NULL, 0), 2);
  folder_free(p.folder);
}

/* ---------------------------------------------------------------------------------------- who else uses it */

/* A child process that runs `sql` on the file, tells us, and keeps the connection until it is killed. */
static pid_t hold_open(const char *path, const char *sql) {
  int ready[2];
  assert_int_equal(pipe(ready), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    sqlite3 *db = NULL;
    int rc = sqlite3_open(path, &db);
    if (rc == SQLITE_OK) rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    char answer = rc == SQLITE_OK ? 'y' : 'n';
    if (write(ready[1], &answer, 1) != 1) _exit(1);
    for (;;) pause();
  }
  char answer = 'n';
  assert_int_equal(read(ready[0], &answer, 1), 1);
  close(ready[0]);
  close(ready[1]);
  assert_int_equal(answer, 'y');
  return child;
}

static void end_child(pid_t child) {
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}

static void test_open_elsewhere(void **state) {
  static const char *const uses[] = {
      "BEGIN IMMEDIATE; UPDATE run SET key = 'edit'", /* edits not saved      */
      "BEGIN; SELECT * FROM run",                     /* reading              */
      "PRAGMA journal_mode=WAL; SELECT * FROM run"    /* QGIS with WAL, idle  */
  };
  for (size_t i = 0; i < 3; i++) {
    place p = enter(state, "r.gpkg");
    expect_written(&p);
    pid_t child = hold_open(p.path, uses[i]);
    sund_ctx *ctx = sund_ctx_child(p.ctx);
    publish_target target;
    assert_ok(ctx, publish_enter(ctx, p.path, true, &target));
    gpkg_old old;
    assert_int_equal(gpkg_old_take(ctx, &target, 100, &old), SUND_OUTPUT);
    assert_failure(ctx, SUND_OUTPUT, "open in another program", NULL);
    gpkg_old_release(&old);
    sund_ctx_free(ctx);
    ctx = sund_ctx_child(p.ctx);
    assert_int_equal(gpkg_old_look(ctx, &target, 100), SUND_OUTPUT);
    assert_failure(ctx, SUND_OUTPUT, "open in another program", NULL);
    publish_leave(&target);
    sund_ctx_free(ctx);
    end_child(child);
    assert_string_equal(sql_word(p.ctx, p.path, "SELECT key FROM run"), "version");
    expect_written(&p);
    folder_free(p.folder);
  }
}

/* The whole writing against somebody's transaction: waits, refuses, leaves nothing. */
static void test_write_while_open(void **state) {
  place p = enter(state, "r.gpkg");
  expect_written(&p);
  pid_t child = hold_open(p.path, "BEGIN EXCLUSIVE");
  sund_ctx *ctx = sund_ctx_child(p.ctx);
  assert_int_equal(gpkg_write_waiting(ctx, &p.result->spec, 300), SUND_OUTPUT);
  assert_failure(ctx, SUND_OUTPUT, "open in another program", "r.gpkg");
  sund_ctx_free(ctx);
  end_child(child);
  assert_int_equal(folder_count(p.folder, NULL, 0), 1);
  assert_string_equal(sql_word(p.ctx, p.path, "SELECT key FROM run"), "version");
  folder_free(p.folder);
}

/* ------------------------------------------------------------------------------------------- permissions */

static void test_modes(void **state) {
  place p = enter(state, "r.gpkg");
  mode_t before = umask(027);
  assert_int_equal(write_result(&p, false, NULL), SUND_OK);
  umask(before);
  struct stat file;
  assert_int_equal(stat(p.path, &file), 0);
  assert_int_equal(file.st_mode & 0777, 0640);
  assert_int_equal(chmod(p.path, 0664), 0);
  expect_written(&p);
  assert_int_equal(stat(p.path, &file), 0);
  assert_int_equal(file.st_mode & 0777, 0664); /* that of the file it replaces */
  assert_int_equal(file.st_nlink, 1);
  folder_free(p.folder);
}

/* Runs a check in a child, on request as nobody when we are root. Returns its verdict. */
static int in_child(const place *p, int (*check)(const place *p), bool as_nobody) {
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    if (as_nobody && geteuid() == 0 && seteuid(65534) != 0) _exit(99);
    _exit(check(p));
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static int refused_everywhere(const place *p) {
  if (look_at_target(p, true, NULL) != SUND_OUTPUT) return 1;
  return write_result(p, true, NULL) == SUND_OUTPUT ? 0 : 2;
}

static void test_not_allowed(void **state) {
  place p = enter(state, "r.gpkg");
  assert_int_equal(chmod(p.folder, 0555), 0);
  assert_int_equal(in_child(&p, refused_everywhere, true), 0);
  assert_int_equal(chmod(p.folder, 0777), 0);
  assert_int_equal(folder_count(p.folder, NULL, 0), 0);
  expect_written(&p);
  assert_int_equal(chmod(p.path, 0444), 0); /* write-protected by its owner */
  assert_int_equal(in_child(&p, refused_everywhere, true), 0);
  assert_int_equal(folder_count(p.folder, NULL, 0), 1);
  folder_free(p.folder);
}

/* --------------------------------------------------------------------------------------------- full disks */

static int write_limited(const place *p, rlim_t bytes) {
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){bytes, bytes});
    _exit((int)write_result(p, true, NULL));
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* However early or late it gets full: exit class "output", the folder as it was. */
static void test_file_size_limit(void **state) {
  place p = enter(state, "r.gpkg");
  assert_int_equal(write_result(&p, false, NULL), SUND_OK);
  struct stat file;
  assert_int_equal(stat(p.path, &file), 0);
  for (int old = 0; old < 2; old++) {
    for (rlim_t bytes = 0; bytes < (rlim_t)file.st_size; bytes += bytes < 16384 ? 4096 : 30000) {
      if (!old) unlink(p.path);
      int code = write_limited(&p, bytes);
      if (code != SUND_OUTPUT) fail_msg("limit %llu bytes: code %d", (unsigned long long)bytes, code);
      assert_int_equal(folder_count(p.folder, NULL, 0), old);
    }
    assert_int_equal(write_limited(&p, (rlim_t)file.st_size), SUND_OK);
  }
  folder_free(p.folder);
}

static void test_full_disk(void **state) {
  place p = enter(state, "disk/r.gpkg");
  const char *disk = sund_text(p.ctx, "%s/disk", p.folder);
  assert_int_equal(mkdir(disk, 0777), 0);
  for (int kb = 4; kb <= 100; kb += 16) {
    const char *size = sund_text(p.ctx, "size=%dk", kb);
    if (mount("none", disk, "tmpfs", 0, size) != 0) {
      folder_free(p.folder);
      skip(); /* only root can make a small disk */
    }
    char message[1000];
    sund_code code = write_result(&p, true, message);
    size_t left = folder_count(disk, NULL, 0);
    umount(disk);
    assert_int_equal(code, SUND_OUTPUT);
    assert_non_null(strstr(message, "full"));
    assert_int_equal(left, 0);
  }
  folder_free(p.folder);
}

/* ------------------------------------------------------------------------------------- killed, and at once */

static void wait_ns(long ns) {
  struct timespec time = {0, ns};
  nanosleep(&time, NULL);
}

/* Old or new, never anything else; only hidden temporaries stay, and the next good run removes them. */
static void test_killed(void **state) {
  uint64_t seed = support_seed();
  place p = enter(state, "r.gpkg");
  p.result = sample_new(p.ctx, p.path, 20);
  p.result->spec.overwrite = true;
  assert_int_equal(write_result(&p, true, NULL), SUND_OK);
  place big = p;
  big.result = sample_new(p.ctx, p.path, 1000);
  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  assert_int_equal(write_result(&big, true, NULL), SUND_OK);
  clock_gettime(CLOCK_MONOTONIC, &end);
  double span = (double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec);
  int finished = 0, killed = 0;
  for (int i = 0; i < 50; i++) {
    assert_int_equal(write_result(&p, true, NULL), SUND_OK);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) _exit((int)write_result(&big, true, NULL));
    wait_ns((long)support_uniform(&seed, 0, span < 9e8 ? 1.1 * span : 9e8));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) finished++;
    else killed++;
    const char *rows = sql_word(p.ctx, p.path, "SELECT count(*) FROM access_homes");
    if (strcmp(rows, "20") != 0 && strcmp(rows, "1000") != 0)
      fail_msg("seed %llu: %s rows", (unsigned long long)support_seed(), rows);
    assert_string_equal(sql_word(p.ctx, p.path, "PRAGMA integrity_check"), "ok");
    DIR *folder = opendir(p.folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
      if (entry->d_name[0] != '.') assert_string_equal(entry->d_name, "r.gpkg");
    closedir(folder);
  }
  assert_true(killed > 5);
  assert_int_equal(write_result(&p, true, NULL), SUND_OK);
  assert_int_equal(folder_count(p.folder, NULL, 0), 1);
  folder_free(p.folder);
}

static void test_sweep(void **state) {
  place p = enter(state, "r.gpkg");
  const char *dead = sund_text(p.ctx, "%s/.r.gpkg.sund-1234-0.tmp", p.folder);
  const char *others[] = {".r.gpkg2.sund-1234-0.tmp", ".r.gpkg.sund-x-0.tmp", ".r.gpkg.part",
                          ".r.gpkg.sund-12-0.tmp~"};
  file_write(dead, "left by a killed run");
  for (size_t i = 0; i < 4; i++) file_write(sund_text(p.ctx, "%s/%s", p.folder, others[i]), "not ours");
  assert_int_equal(write_result(&p, false, NULL), SUND_OK);
  assert_int_equal(access(dead, F_OK), -1);
  for (size_t i = 0; i < 4; i++) assert_int_equal(access(sund_text(p.ctx, "%s/%s", p.folder, others[i]), F_OK), 0);
  folder_free(p.folder);
}

static int refused_because_busy(const place *p) {
  char message[1000];
  if (look_at_target(p, true, message) != SUND_OUTPUT || !strstr(message, "another run")) return 1;
  if (write_result(p, true, message) != SUND_OUTPUT || !strstr(message, "another run")) return 2;
  return 0;
}

/* From its first check to its end a run has the name for itself. */
static void test_reserved(void **state) {
  place p = enter(state, "r.gpkg");
  assert_int_equal(chmod(p.folder, 0777), 0);
  sund_ctx *run = sund_ctx_child(p.ctx);
  assert_ok(run, sund_gpkg_target(run, p.path, true));
  assert_int_equal(in_child(&p, refused_because_busy, false), 0);
  assert_int_equal(in_child(&p, refused_because_busy, true), 0);
  assert_ok(run, sund_gpkg_write(run, &p.result->spec)); /* its own reservation is no hindrance */
  sund_ctx_free(run);
  assert_int_equal(folder_count(p.folder, NULL, 0), 1);
  expect_written(&p);
  folder_free(p.folder);
}

/* Several runs at the same moment without --overwrite: one writes, the others say why not. */
static void test_race(void **state) {
  enum { RUNS = 4, ROUNDS = 5 };
  for (int round = 0; round < ROUNDS; round++) {
    place p = enter(state, "r.gpkg");
    pid_t child[RUNS];
    for (int i = 0; i < RUNS; i++) {
      child[i] = fork();
      assert_true(child[i] >= 0);
      if (child[i] == 0) _exit((int)write_result(&p, false, NULL));
    }
    int good = 0, refused = 0;
    for (int i = 0; i < RUNS; i++) {
      int status = 0;
      waitpid(child[i], &status, 0);
      good += WIFEXITED(status) && WEXITSTATUS(status) == SUND_OK;
      refused += WIFEXITED(status) && WEXITSTATUS(status) == SUND_OUTPUT;
    }
    assert_int_equal(good, 1);
    assert_int_equal(refused, RUNS - 1);
    assert_int_equal(folder_count(p.folder, NULL, 0), 1);
    folder_free(p.folder);
  }
}

/* Somebody else's file appears while we write: it stays. */
static void test_appeared_meanwhile(void **state) {
  place p = enter(state, "r.gpkg");
  publish_target target;
  publish_draft draft;
  assert_ok(p.ctx, publish_enter(p.ctx, p.path, true, &target));
  assert_ok(p.ctx, publish_begin(p.ctx, &target, &draft));
  file_write(p.path, "theirs");
  assert_int_equal(publish_commit(p.ctx, &target, &draft), SUND_OUTPUT);
  assert_failure(p.ctx, SUND_OUTPUT, "meanwhile", NULL);
  publish_drop(&target, &draft);
  publish_leave(&target);
  size_t length;
  assert_string_equal(file_read(p.ctx, p.path, &length), "theirs");
  assert_int_equal(folder_count(p.folder, NULL, 0), 1);
  folder_free(p.folder);
}

/* The older file was exchanged while we wrote: the newer one stays. */
static void test_exchanged_meanwhile(void **state) {
  place p = enter(state, "r.gpkg");
  file_write(p.path, "first");
  publish_target target;
  publish_draft draft;
  assert_ok(p.ctx, publish_enter(p.ctx, p.path, true, &target));
  assert_ok(p.ctx, publish_begin(p.ctx, &target, &draft));
  const char *newer = sund_text(p.ctx, "%s/newer", p.folder);
  file_write(newer, "second");
  assert_int_equal(rename(newer, p.path), 0);
  assert_int_equal(publish_commit(p.ctx, &target, &draft), SUND_OUTPUT);
  publish_drop(&target, &draft);
  publish_leave(&target);
  size_t length;
  assert_string_equal(file_read(p.ctx, p.path, &length), "second");
  folder_free(p.folder);
}

static int stop_at_once(double share, const char *message, void *data) {
  (void)share;
  (void)message;
  return --*(int *)data > 0;
}

/* Stopped by the user: nothing at the name, nothing beside it. */
static void test_stopped(void **state) {
  place p = enter(state, "r.gpkg");
  for (int calls = 1; calls <= 5; calls++) {
    sund_ctx *ctx = sund_ctx_child(p.ctx);
    int left = calls;
    sund_ctx_progress(ctx, stop_at_once, &left);
    assert_int_equal(sund_gpkg_write(ctx, &p.result->spec), SUND_CANCELLED);
    assert_int_equal(folder_count(p.folder, NULL, 0), 0);
    sund_ctx_free(ctx);
  }
  folder_free(p.folder);
}

/* Whichever allocation fails, over an older file too: that stays, and nothing else. */
static void test_no_memory(void **state) {
  place p = enter(state, "r.gpkg");
  expect_written(&p);
  sund_ctx *rich = sund_ctx_new();
  assert_ok(rich, sund_gpkg_target(rich, p.path, true));
  size_t needed = sund_ctx_allocations(rich);
  sund_ctx_free(rich);
  for (size_t n = 1; n <= needed; n++) {
    sund_ctx *poor = sund_ctx_new();
    sund_ctx_fail_alloc(poor, n);
    assert_int_equal(sund_gpkg_target(poor, p.path, true), SUND_LIMIT);
    sund_ctx_free(poor);
    assert_int_equal(folder_count(p.folder, NULL, 0), 1);
  }
  rich = sund_ctx_new();
  assert_ok(rich, sund_gpkg_write(rich, &p.result->spec));
  needed = sund_ctx_allocations(rich);
  sund_ctx_free(rich);
  for (size_t n = needed; n > needed - 40; n--) { /* the last ones: around the publishing */
    sund_ctx *poor = sund_ctx_new();
    sund_ctx_fail_alloc(poor, n);
    assert_int_equal(sund_gpkg_write(poor, &p.result->spec), SUND_LIMIT);
    sund_ctx_free(poor);
    assert_int_equal(folder_count(p.folder, NULL, 0), 1);
  }
  expect_written(&p);
  folder_free(p.folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_new_and_exists),
      SUND_TEST(test_odd_names),
      SUND_TEST(test_relative_path),
      SUND_TEST(test_no_file),
      SUND_TEST(test_links),
      SUND_TEST(test_foreign_content),
      SUND_TEST(test_other_databases),
      SUND_TEST(test_no_database),
      SUND_TEST(test_damaged),
      SUND_TEST(test_the_trap),
      SUND_TEST(test_stale_sidecars),
      SUND_TEST(test_look_changes_nothing),
      SUND_TEST(test_open_elsewhere),
      SUND_TEST(test_write_while_open),
      SUND_TEST(test_modes),
      SUND_TEST(test_not_allowed),
      SUND_TEST(test_file_size_limit),
      SUND_TEST(test_full_disk),
      SUND_TEST(test_killed),
      SUND_TEST(test_sweep),
      SUND_TEST(test_reserved),
      SUND_TEST(test_race),
      SUND_TEST(test_appeared_meanwhile),
      SUND_TEST(test_exchanged_meanwhile),
      SUND_TEST(test_stopped),
      SUND_TEST(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
