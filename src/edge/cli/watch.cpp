#include "edge/cli/watch.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/utf8.hpp"
#include "edge/cli/build_request.hpp"
#include "edge/cli/interrupts.hpp"
#include "edge/cli/terminal.hpp"
#include "net/form_encoding.hpp"

namespace dialplane::cli {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using steady = std::chrono::steady_clock;

constexpr milliseconds between_answers{2'000};
constexpr milliseconds between_steps{1'000};
constexpr std::chrono::minutes follow_max{10};
constexpr std::string_view erase_line = "\r\x1b[K";

struct step_words {
  std::string_view step, words;
};
constexpr step_words steps[] = {{"accepted", "looking for a number"},
                                {"intent_written", "buying"},
                                {"order_pending", "waiting for the carrier to deliver"},
                                {"outcome_unknown", "looking up whether it was bought"},
                                {"number_bought", "setting the number up"},
                                {"release_written", "giving the number back"},
                                {"in_review", "in review"},
                                {"settled", "done"}};

std::string in_words(const std::string& step) {
  const auto found = std::ranges::find(steps, step, &step_words::step);
  if (found != std::end(steps)) return std::string(found->words);
  std::string words = step;
  std::ranges::replace(words, '_', ' ');
  return words;
}

// Whether lines can be written over.
bool can_move(const client_call& call, int descriptor) {
  if (isatty(descriptor) != 1) return false;
  for (const auto& [name, text] : call.variables) {
    if (name == "TERM") return !text.empty() && text != "dumb";
  }
  return false;
}

std::string harmless_text_at(const json::value& from, std::string_view path) {
  const json::value& found = value_at(from, path);
  return found.is_string() ? harmless(found.get_string()) : std::string();
}

// Where a purchase that goes on can be looked at; empty: it does not go on.
std::string operation_place(const client_call& call, const json::value& body) {
  if (call.command.action == "approvals.approve") {
    return harmless_text_at(body, "status") == "executing"
               ? "/v1/approvals/" + percent_encoded(harmless_text_at(body, "id"))
               : std::string();
  }
  const bool nested = harmless_text_at(body, "phone.status") == "pending";
  if (!nested && harmless_text_at(body, "status") != "pending") return {};
  const std::string id = harmless_text_at(body, nested ? "phone.operation_id" : "operation_id");
  return id.empty() ? id : "/v1/operations/" + percent_encoded(id);
}

}  // namespace

waiting_spinner::waiting_spinner(client_call& call)
    : call_(call), began_(steady::now()), step_(call.command.name),
      visible_(call.form == output_form::people && can_move(call, STDERR_FILENO)) {
  call_.api->while_waiting([this] {
    draw();
    return !was_interrupted();
  });
}

waiting_spinner::~waiting_spinner() {
  end();
  call_.api->while_waiting([] { return !was_interrupted(); });
}

void waiting_spinner::say(std::string step) {
  step_ = std::move(step);
  draw();
}

void waiting_spinner::end() {
  if (visible_ && turns_ > 0) print_beside(erase_line);
  visible_ = false;
}

void waiting_spinner::draw() {
  constexpr std::string_view frames[] = {"|", "/", "-", "\\"};
  if (!visible_) return;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(steady::now() - began_).count();
  std::string line(erase_line);
  line.append(frames[turns_++ % std::size(frames)]).append(" ").append(step_);
  if (seconds > 0) line += ", " + std::to_string(seconds) + " s";
  print_beside(line);
}

namespace {

// False: Ctrl-C.
bool spin_for(waiting_spinner& spinner, const std::string& step, milliseconds wait) {
  constexpr milliseconds turn{100};
  for (; wait.count() > 0; wait -= turn) {
    spinner.say(step);
    if (!pause_for(turn)) return false;
  }
  return true;
}

// The last look at it; nothing where it cannot be followed to its end.
std::optional<api_answer> wait_for_end(client_call& call, const std::string& place,
                                       const api_request& request, waiting_spinner& spinner) {
  const auto give_up = steady::now() + follow_max;
  api_request look;
  look.target = place;
  look.headers = request.headers;
  std::string step = "going on";
  while (steady::now() < give_up) {
    api_result told = call.api->ask(look);
    if (!told || told->status != 200) return std::nullopt;
    const std::string status = harmless_text_at(told->body, "status");
    if (status != "open" && status != "executing") return *std::move(told);
    const std::string now = harmless_text_at(told->body, "step");
    step = std::string(call.command.name) + ": " + in_words(now.empty() ? status : now);
    if (!spin_for(spinner, step, between_steps)) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

api_result followed(client_call& call, const api_request& request, api_answer first,
                    waiting_spinner& spinner) {
  const bool wanted =
      call.form == output_form::people && call.command.effect == command_effect::spends;
  const std::string place = wanted ? operation_place(call, first.body) : std::string();
  if (place.empty()) return first;
  auto last = wait_for_end(call, place, request, spinner);
  if (!last) return first;
  if (call.command.action == "approvals.approve") return *std::move(last);
  // Under the same key the server answers with how it ended.
  api_result told = call.api->ask(request);
  if (!told) return first;
  return told;
}

namespace {

// Lines of the terminal that a text takes; escape sequences take none.
std::size_t lines_taken(std::string_view text, std::size_t columns) {
  std::size_t lines = 0, width = 0;
  bool escaped = false;
  for (const char letter : text) {
    if (escaped) {
      escaped = letter != 'm';
    } else if (letter == '\x1b') {
      escaped = true;
    } else if (letter == '\n') {
      lines += 1 + (columns > 0 && width > 0 ? (width - 1) / columns : 0);
      width = 0;
    } else if ((static_cast<unsigned char>(letter) & 0xC0) != 0x80) {
      ++width;
    }
  }
  return lines;
}

std::size_t terminal_lines() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

// Shows an answer, in place of the one before where it can.
class changing_view {
 public:
  explicit changing_view(const client_call& call)
      : call_(call), moves_(can_move(call, STDOUT_FILENO)) {}

  void show(const api_answer& answer) {
    if (call_.form == output_form::json_lines) {
      return print_text(json::serialize(answer.body) + "\n");
    }
    const std::string text = text_of_answer(answer.body, call_.command.view, call_.style);
    const bool in_place = moves_ && taken_ > 0 && taken_ < terminal_lines();
    if (in_place) {
      print_text("\x1b[" + std::to_string(taken_) + "A\r\x1b[J");
    } else if (taken_ > 0) {
      print_text("\n");
    }
    print_text(text);
    taken_ = lines_taken(text, call_.style.width);
  }

  void say(std::string_view sentence) {
    if (call_.form == output_form::people) say_beside(sentence);
    taken_ = 0;
  }

 private:
  const client_call& call_;
  const bool moves_;
  std::size_t taken_ = 0;
};

// What will not pass: the server says no. Trouble on the way may.
bool is_definite(const api_result& told) {
  return told.has_value() && told->status >= 400 && told->status < 500 && told->status != 429;
}

int show_changes(client_call& call, const api_request& request, const api_answer& first) {
  changing_view view(call);
  view.show(first);
  std::string shown = first.text;
  bool answers = true;
  while (pause_for(between_answers)) {
    const api_result told = call.api->ask(request);
    if (was_interrupted()) break;
    if (is_definite(told)) return call.fail(error_of(*told, false));
    const bool good = told && told->status == 200;
    if (answers && !good) view.say("The server does not answer now; it is asked again.\n");
    answers = good;
    if (!good || told->text == shown) continue;
    view.show(*told);
    shown = told->text;
  }
  if (call.form == output_form::people) say_beside("\n");
  return 0;
}

}  // namespace

int watch(client_call& call, const api_request& request) {
  if (call.form == output_form::json) {
    error why = bad_field("--watch",
                          "--watch shows many answers, and --json (or a pipe) takes one document.");
    why.hint = "Add --jsonl: one document for every change.";
    return call.fail(why);
  }
  if (call.given.has("--all")) {
    return call.fail(bad_field("--all", "--all and --watch do not go together."));
  }
  if (call.form == output_form::people) {
    say_beside("Shown again whenever it changes; Ctrl-C ends.\n");
  }
  const api_result told = call.api->ask(request);
  if (was_interrupted()) return 0;
  if (!told) return call.fail(error_of(told.error()));
  if (told->status != 200) return call.fail(error_of(*told, false));
  return show_changes(call, request, *told);
}

int watch_always(client_call& call) {
  const auto request = build_request(call.command, call.given, call.to.user);
  if (!request) return call.fail(request.error());
  const interrupt_notice notice;
  call.api->while_waiting([] { return !was_interrupted(); });
  return watch(call, *request);
}

}  // namespace dialplane::cli
