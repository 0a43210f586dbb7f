#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"

using namespace dialplane;

namespace {

// Catches the log in a memory file; puts the settings of a silent log back at the end.
class caught_log {
 public:
  caught_log(log_level level, log_format format) : file_(::memfd_create("log", MFD_CLOEXEC)) {
    REQUIRE(file_ >= 0);
    // All writers share one place in the file only when it is the same open file: it is.
    configure_log({.level = level, .format = format, .file_descriptor = file_, .time = &time_});
  }
  ~caught_log() {
    configure_log({});
    ::close(file_);
  }

  std::string text() const {
    std::string content(static_cast<std::size_t>(::lseek(file_, 0, SEEK_CUR)), '\0');
    const ssize_t got = ::pread(file_, content.data(), content.size(), 0);
    REQUIRE(got == static_cast<ssize_t>(content.size()));
    return content;
  }

 private:
  int file_;
  manual_clock time_{timestamp{1'772'323'200'000}};
};

}  // namespace

TEST_CASE("a text line has time, level, event and fields") {
  const caught_log log(log_level::info, log_format::text);
  log_line(log_level::info, "number bought",
           {{"operation", "op_1"}, {"attempt", 2}, {"late", false}, {"seconds", 0.25},
            {"label", "two words"}, {"empty", ""}});
  CHECK(log.text() ==
        "2026-03-01T00:00:00.000Z info number bought operation=op_1 attempt=2 late=false "
        "seconds=0.25 label=\"two words\" empty=\"\"\n");
}

TEST_CASE("a JSON line is one valid object, whatever the values hold") {
  const caught_log log(log_level::debug, log_format::json);
  const std::string nasty("a\"b\\c\n\r\t\x01\x7f\0z", 12);
  log_line(log_level::warn, "odd \"event\"\n",
           {{"nasty", nasty}, {"bytes", "\xff\xc3"}, {"umlaut", "\xc3\xbc"}, {"n", -5},
            {"yes", true}, {"nan", 0.0 / 0.0 * 1.0}, {"long", std::string(10'000, 'x')}});
  const std::string text = log.text();
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  const auto line = boost::json::parse(text).as_object();
  CHECK(line.at("time") == "2026-03-01T00:00:00.000Z");
  CHECK(line.at("level") == "warn");
  CHECK(line.at("event") == "odd \"event\"\n");
  CHECK(line.at("nasty").as_string() == nasty);
  CHECK(line.at("bytes") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(line.at("umlaut") == "\xc3\xbc");
  CHECK(line.at("n") == -5);
  CHECK(line.at("yes") == true);
  CHECK(line.at("nan").is_null());
  CHECK(line.at("long").as_string().size() == 4096 + 3);
}

TEST_CASE("text from outside cannot forge a line") {
  const caught_log log(log_level::info, log_format::text);
  log_line(log_level::info, "sent", {{"to", "x\n2026-03-01T00:00:00.000Z error forged"}});
  log_line(log_level::info, "a\nb", {{"k", "v=w"}});
  const std::string text = log.text();
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK(text.find("a\\u000ab k=\"v=w\"") != std::string::npos);
}

TEST_CASE("lines below the level are dropped") {
  const caught_log log(log_level::warn, log_format::text);
  CHECK_FALSE(log_enabled(log_level::info));
  CHECK(log_enabled(log_level::error));
  log_line(log_level::debug, "no");
  log_line(log_level::info, "no");
  log_line(log_level::warn, "yes");
  log_line(log_level::error, "yes");
  CHECK(log.text() ==
        "2026-03-01T00:00:00.000Z warn yes\n2026-03-01T00:00:00.000Z error yes\n");
}

TEST_CASE("an error is logged with its internal text, not its public one") {
  const caught_log log(log_level::info, log_format::json);
  log_error(log_level::error, "commit failed",
            not_done(error_code::store_failed, "public words", "disk said no"), {{"unit", 3}});
  const auto line = boost::json::parse(log.text()).as_object();
  CHECK(line.at("unit") == 3);
  CHECK(line.at("error_class") == "not_done");
  CHECK(line.at("error_code") == "store_failed");
  CHECK(line.at("error_detail") == "disk said no");
  CHECK(line.at("error_at").as_string().find("log_test.cpp") != std::string::npos);
  CHECK(log.text().find("public words") == std::string::npos);
}

TEST_CASE("lines of several threads never mix") {
  const caught_log log(log_level::info, log_format::json);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      const std::string text(static_cast<std::size_t>(50 + t), static_cast<char>('a' + t));
      for (int i = 0; i < 250; ++i) log_line(log_level::info, "line", {{"text", text}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::string rest = log.text();
  int lines = 0;
  for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
    boost::system::error_code failed;
    boost::json::parse(rest.substr(0, end), failed);
    CHECK_FALSE(failed);
    rest.erase(0, end + 1);
    ++lines;
  }
  CHECK(lines == 1000);
  CHECK(rest.empty());
}

TEST_CASE("a log that nobody can read stops no work") {
  configure_log({.file_descriptor = -1});
  log_line(log_level::error, "lost");
  configure_log({});
}
