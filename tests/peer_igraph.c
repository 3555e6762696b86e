/* peer_igraph.c - the trees of bench_streets by igraph. Usage: peer_igraph FOLDER. Built by tests/bench where igraph is at
 * hand. Says `tree SECONDS` (CPU, the mean of all), `load SECONDS`, `memory MEGABYTES`; exit 1 when a sum differs.
 */
#include <igraph/igraph.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double cpu(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void add(igraph_vector_int_t *ends, igraph_vector_t *costs, long from, long to, double cost) {
  igraph_vector_int_push_back(ends, from);
  igraph_vector_int_push_back(ends, to);
  igraph_vector_push_back(costs, cost);
}

static long read_edges(const char *folder, igraph_vector_int_t *ends, igraph_vector_t *costs) {
  char path[1000];
  long id, from, to, nodes = 0;
  double there, back;
  snprintf(path, sizeof path, "%s/edges.csv", folder);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  while (fscanf(file, "%ld,%ld,%ld,%lf,%lf\n", &id, &from, &to, &there, &back) == 5) {
    if (there >= 0) add(ends, costs, from, to, there);
    if (back >= 0) add(ends, costs, to, from, back);
    if (from >= nodes) nodes = from + 1;
    if (to >= nodes) nodes = to + 1;
  }
  fclose(file);
  return nodes;
}

/* True when the tree has the sum that is known. */
static int tree(const igraph_t *graph, const igraph_vector_t *costs, long source, long reached, double sum) {
  igraph_matrix_t metres;
  igraph_matrix_init(&metres, 0, 0);
  igraph_distances_dijkstra(graph, &metres, igraph_vss_1(source), igraph_vss_all(), costs, IGRAPH_OUT);
  long count = 0;
  double total = 0;
  for (igraph_integer_t i = 0; i < igraph_matrix_ncol(&metres); i++)
    if (MATRIX(metres, 0, i) < 1e15) {
      count++;
      total += MATRIX(metres, 0, i);
    }
  igraph_matrix_destroy(&metres);
  return count == reached && total == sum;
}

int main(int words, char **word) {
  char path[1000];
  igraph_vector_int_t ends;
  igraph_vector_t costs;
  igraph_t graph;
  if (words != 2) return 2;
  igraph_vector_int_init(&ends, 0);
  igraph_vector_init(&costs, 0);
  const double begin = cpu();
  const long nodes = read_edges(word[1], &ends, &costs);
  if (!nodes) return 2;
  igraph_create(&graph, &ends, nodes, IGRAPH_DIRECTED);
  printf("load %.3f\n", cpu() - begin);
  snprintf(path, sizeof path, "%s/trees.csv", word[1]);
  FILE *file = fopen(path, "r");
  if (!file) return 2;
  long source, reached, trees = 0;
  int same = 1;
  double sum, seconds = 0;
  while (fscanf(file, "%ld,%ld,%lf\n", &source, &reached, &sum) == 3) {
    const double start = cpu();
    same = tree(&graph, &costs, source, reached, sum) && same;
    seconds += cpu() - start;
    trees++;
  }
  fclose(file);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("tree %.6f\nmemory %.0f\nsame %d\n", seconds / (double)trees, (double)usage.ru_maxrss / 1024, same);
  return same ? 0 : 1;
}
