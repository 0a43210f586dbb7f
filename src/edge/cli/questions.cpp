#include "edge/cli/questions.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "base/utf8.hpp"
#include "edge/cli/interrupts.hpp"
#include "edge/cli/terminal.hpp"

namespace dialplane::cli {

namespace {

constexpr std::size_t line_bytes_max = 1024;

void put_question(std::string_view question) {
  if (isatty(STDERR_FILENO) == 1) return print_beside(question);
  const int terminal = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return;
  if (write(terminal, question.data(), question.size()) < 0) print_beside(question);
  close(terminal);
}

// Echo off for as long as it lives.
class silent_typing {
 public:
  explicit silent_typing(bool wanted) noexcept {
    silent_ = wanted && tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!silent_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
  }
  ~silent_typing() {
    if (silent_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  silent_typing(const silent_typing&) = delete;
  silent_typing& operator=(const silent_typing&) = delete;

 private:
  termios before_{};
  bool silent_ = false;
};

std::optional<std::string> read_line() {
  std::string line;
  while (line.size() < line_bytes_max) {
    if (!wait_for_input(STDIN_FILENO)) return std::nullopt;
    char letter = 0;
    if (read(STDIN_FILENO, &letter, 1) != 1) {
      // A file's last line may lack its end; of a terminal, a line does not count before it.
      const bool counts = !line.empty() && isatty(STDIN_FILENO) != 1;
      return counts ? std::optional(line) : std::nullopt;
    }
    if (letter == '\n') return line;
    line.push_back(letter);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ask_line(std::string_view question, typed_text how) {
  const bool hidden = how == typed_text::hidden;
  std::optional<std::string> line;
  {
    const silent_typing silent(hidden);
    tcflush(STDIN_FILENO, TCIFLUSH);
    if (!question.empty()) put_question(question);
    line = read_line();
  }
  if (!question.empty() && (!line || hidden)) put_question("\n");
  if (!line) return std::nullopt;
  return std::string(trim(*line));
}

bool ask_yes(std::string_view question) {
  const auto said = ask_line(question);
  return said && (*said == "y" || *said == "Y" || *said == "yes" || *said == "Yes");
}

}  // namespace dialplane::cli
