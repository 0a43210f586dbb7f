// The `main` of a fuzz target that is built without libFuzzer: runs every corpus input, then seeded
// mutations of them (and of nothing). A finding is a crash or a sanitizer report.
//
//   fuzz_x [-seed=N] [-runs=N] [-max_len=N] FILE_OR_FOLDER...
//
// Without -seed a fresh one is drawn and printed; the same seed and corpus repeat the same run.
// When an input ends the process, it is left in the working directory and its name is printed.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __sanitizer_set_death_callback(void (*callback)());
#endif

// Undefined behaviour must end the run too, not just print a line. Only the sanitizer calls this.
extern "C" const char* __ubsan_default_options();
extern "C" const char* __ubsan_default_options() {
  return "halt_on_error=1:abort_on_error=1:print_stacktrace=1";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using input = std::vector<std::uint8_t>;

struct arguments {
  std::uint64_t seed = 0;
  std::uint64_t runs = 10'000;
  std::size_t max_len = 4096;
  std::vector<fs::path> paths;
};

const input* current_input = nullptr;

// Async-signal-safe: the process is ending, perhaps inside the allocator.
void keep_current_input() {
  if (current_input == nullptr) return;
  constexpr char name[] = "fuzz-crash-input";
  const int file = ::open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return;
  const auto written = ::write(file, current_input->data(), current_input->size());
  ::close(file);
  constexpr char told[] = "the input that did it is in ./fuzz-crash-input; give it as argument\n";
  if (written >= 0 && ::write(2, told, sizeof told - 1) < 0) return;
  current_input = nullptr;
}

void on_signal(int signal) {
  keep_current_input();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

bool take_number(std::string_view argument, std::string_view name, std::uint64_t& into) {
  if (!argument.starts_with(name)) return false;
  const std::string digits(argument.substr(name.size()));
  char* end = nullptr;
  into = std::strtoull(digits.c_str(), &end, 10);
  if (digits.empty() || *end != '\0') {
    std::fprintf(stderr, "bad number: %s\n", std::string(argument).c_str());
    std::exit(2);
  }
  return true;
}

arguments parse(int argc, char** argv) {
  arguments out;
  out.seed = std::random_device()();
  for (int i = 1; i < argc; ++i) {
    const std::string_view each = argv[i];
    std::uint64_t number = 0;
    if (take_number(each, "-seed=", out.seed) || take_number(each, "-runs=", out.runs)) continue;
    if (take_number(each, "-max_len=", number)) {
      out.max_len = static_cast<std::size_t>(number);
    } else if (!each.starts_with('-')) {  // other libFuzzer options have no meaning here
      out.paths.emplace_back(each);
    }
  }
  return out;
}

input read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<input> read_corpus(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& each : paths) {
    if (fs::is_directory(each)) {
      for (const auto& entry : fs::recursive_directory_iterator(each)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    } else if (fs::is_regular_file(each)) {
      files.push_back(each);
    } else {
      std::fprintf(stderr, "no such file or folder: %s\n", each.c_str());
      std::exit(2);
    }
  }
  std::sort(files.begin(), files.end());  // the order of a folder is not repeatable
  std::vector<input> corpus;
  for (const fs::path& each : files) corpus.push_back(read_file(each));
  return corpus;
}

class mutator {
 public:
  mutator(std::uint64_t seed, const std::vector<input>& corpus, std::size_t max_len)
      : random_(seed), corpus_(corpus), max_len_(max_len) {}

  input next() {
    input out;
    if (!corpus_.empty() && below(20) != 0) out = pick();
    for (std::size_t changes = 1 + below(6); changes > 0; --changes) change(out);
    if (out.size() > max_len_) out.resize(max_len_);
    return out;
  }

 private:
  std::size_t below(std::size_t limit) {
    return static_cast<std::size_t>(random_() % (limit == 0 ? 1 : limit));
  }
  const input& pick() { return corpus_[below(corpus_.size())]; }

  std::uint8_t interesting_byte() {
    static constexpr std::uint8_t bytes[] = {0,   '\r', '\n', ' ',  '\t', ':',  ';',  ',',  '%',
                                             '/', '.',  '"',  '\\', '{',  '}',  '[',  ']',  '0',
                                             '9', '-',  '+',  '=',  0x7f, 0x80, 0xc3, 0xed, 0xff};
    return below(3) == 0 ? static_cast<std::uint8_t>(random_()) : bytes[below(sizeof bytes)];
  }

  void change(input& out) {
    const auto at = [&] { return out.begin() + static_cast<std::ptrdiff_t>(below(out.size())); };
    switch (out.empty() ? 1 : below(8)) {
      case 0: *at() = interesting_byte(); break;
      case 1: out.insert(out.begin() + static_cast<std::ptrdiff_t>(below(out.size() + 1)),
                         1 + below(4), interesting_byte());
        break;
      case 2: out.erase(at()); break;
      case 3: out.resize(below(out.size())); break;
      case 4: *at() ^= static_cast<std::uint8_t>(1U << below(8)); break;
      case 5: {  // a piece again, somewhere else
        const std::size_t from = below(out.size());
        const input piece(out.begin() + static_cast<std::ptrdiff_t>(from),
                          out.begin() + static_cast<std::ptrdiff_t>(
                                            from + 1 + below(std::min<std::size_t>(
                                                           64, out.size() - from))));
        out.insert(at(), piece.begin(), piece.end());
        break;
      }
      case 6: {  // the head of this with the tail of another
        if (corpus_.empty()) break;
        const input& other = pick();
        if (other.empty()) break;
        out.resize(below(out.size()));
        out.insert(out.end(), other.begin() + static_cast<std::ptrdiff_t>(below(other.size())),
                   other.end());
        break;
      }
      default: {  // a long run
        out.insert(at(), below(600), interesting_byte());
        break;
      }
    }
  }

  std::mt19937_64 random_;
  const std::vector<input>& corpus_;
  std::size_t max_len_;
};

void run(const input& one) {
  current_input = &one;
  LLVMFuzzerTestOneInput(one.data(), one.size());
  current_input = nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const arguments given = parse(argc, argv);
  for (const int signal : {SIGABRT, SIGSEGV, SIGILL, SIGFPE, SIGBUS}) {
    std::signal(signal, on_signal);
  }
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback(keep_current_input);
#endif
  const std::vector<input> corpus = read_corpus(given.paths);
  std::printf("%zu inputs, %llu mutations; again: %s -seed=%llu -runs=%llu", corpus.size(),
              static_cast<unsigned long long>(given.runs), argv[0],
              static_cast<unsigned long long>(given.seed),
              static_cast<unsigned long long>(given.runs));
  for (const fs::path& each : given.paths) std::printf(" %s", each.c_str());
  std::printf("\n");
  std::fflush(stdout);
  run({});
  for (const input& each : corpus) run(each);
  mutator mutations(given.seed, corpus, given.max_len);
  for (std::uint64_t i = 0; i < given.runs; ++i) run(mutations.next());
  return 0;
}
