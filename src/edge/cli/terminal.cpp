#include "edge/cli/terminal.hpp"

#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <cerrno>
#include <string>

namespace dialplane {

namespace {

namespace json = boost::json;

void write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody reads any more
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string plain(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return std::string(value.get_string());
  return json::serialize(value);
}

std::string row_text(const json::value& row) {
  const json::object* members = row.if_object();
  if (members == nullptr) return plain(row);
  std::string line;
  for (const auto& member : *members) {
    if (member.value().is_null()) continue;
    if (!line.empty()) line += "  ";
    line.append(member.key()).append("=").append(plain(member.value()));
  }
  return line;
}

void append_list(std::string& text, const json::array& rows) {
  for (const json::value& row : rows) text += "  " + row_text(row) + "\n";
}

std::string for_people(const json::value& answer) {
  std::string text;
  if (const json::array* rows = answer.if_array()) append_list(text, *rows);
  const json::object* members = answer.if_object();
  if (members == nullptr) return text;
  for (const auto& member : *members) {
    if (const json::array* rows = member.value().if_array()) {
      text.append(member.key()).append(rows->empty() ? ": none\n" : ":\n");
      append_list(text, *rows);
    } else {
      text.append(member.key()).append(": ").append(plain(member.value())).append("\n");
    }
  }
  return text;
}

}  // namespace

void print_text(std::string_view text) { write_all(STDOUT_FILENO, text); }

void print_beside(std::string_view text) { write_all(STDERR_FILENO, text); }

bool input_is_terminal() { return isatty(STDIN_FILENO) == 1; }

bool output_is_terminal() { return isatty(STDOUT_FILENO) == 1; }

void print_answer(const json::value& answer, bool as_json) {
  print_text(as_json ? json::serialize(answer) + "\n" : for_people(answer));
}

void print_problem(const error& failure) {
  std::string text = "dialplane: " + failure.message + "\n";
  if (!failure.hint.empty()) text += failure.hint + "\n";
  write_all(STDERR_FILENO, text);
}

}  // namespace dialplane
