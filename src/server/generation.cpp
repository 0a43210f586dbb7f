#include "server/generation.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "server/blocking_store.hpp"
#include "workflow/reconcile/restore_pause.hpp"

namespace dialplane {

namespace {

constexpr std::string_view generation_setting = "generation";
constexpr std::chrono::milliseconds raise_every{10'000};

error unwritable(const std::string& path) {
  return not_done(error_code::not_configured,
                  "The file " + path + " cannot be written.", std::strerror(errno));
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

// Nothing: there is none, or nothing that makes sense in it.
std::optional<std::int64_t> read_file(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::array<char, 32> text{};
  const ssize_t size = read(file, text.data(), text.size());
  close(file);
  if (size <= 0) return std::nullopt;
  return number_in({text.data(), static_cast<std::size_t>(size)});
}

// Whole or not at all, also over a power failure.
result<void> write_file(const std::string& path, std::int64_t value) {
  const std::string part = path + ".part";
  const std::string text = std::to_string(value) + "\n";
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return unwritable(path);
  const bool written =
      write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(file) == 0;
  close(file);
  if (!written || std::rename(part.c_str(), path.c_str()) != 0) return unwritable(path);
  return {};
}

// To one more than the database's, or than `least` says, whichever is higher.
result<std::int64_t> raise_in(session& work, std::int64_t least) {
  TRY_ASSIGN(const auto known, work.organizations().setting(generation_setting));
  const std::int64_t now = known ? number_in(*known).value_or(0) : 0;
  const std::int64_t next = std::max(now, least) + 1;
  TRY(work.organizations().put_setting(generation_setting, std::to_string(next)));
  return next;
}

}  // namespace

std::string generation_file_of(const server_settings& settings) {
  return settings.generation_file.empty() ? settings.data_dir + "/generation"
                                          : settings.generation_file;
}

result<void> raise_generation(store& database, const std::string& file) {
  TRY_ASSIGN(const std::int64_t now,
             write_and_wait<std::int64_t>(database, [](session& work) {
               return raise_in(work, 0);
             }));
  return write_file(file, now);
}

result<bool> pause_after_restore(store& database, const std::string& file, timestamp now) {
  const std::optional<std::int64_t> remembered = read_file(file);
  std::int64_t raised = 0;
  TRY_ASSIGN(const bool restored,
             write_and_wait<bool>(database, [&](session& work) -> result<bool> {
               TRY_ASSIGN(const auto known, work.organizations().setting(generation_setting));
               const std::int64_t here = known ? number_in(*known).value_or(0) : 0;
               const bool is_older = remembered ? here < *remembered : known.has_value();
               TRY_ASSIGN(raised, raise_in(work, remembered.value_or(0)));
               if (is_older) TRY(begin_restore_pause(work, now));
               return is_older;
             }));
  TRY(write_file(file, raised));
  return restored;
}

struct generation_keeper::core : std::enable_shared_from_this<core> {
  core(store& its_database, event_loop& on, std::string its_file)
      : database(its_database), loop(on), file(std::move(its_file)) {}

  void later() {
    if (stopped) return;
    loop.post_after(raise_every, [self = shared_from_this()] {
      if (!self->stopped) self->raise();
    });
  }
  void raise();

  store& database;
  event_loop& loop;
  const std::string file;
  std::atomic<bool> stopped{false};
  std::uint64_t units_then = 0;  // written when the counter was raised last
};

void generation_keeper::core::raise() {
  const std::uint64_t units = database.statistics().written_units;
  if (units == units_then) return later();
  database.write<std::int64_t>([](session& work) { return raise_in(work, 0); },
                               [self = shared_from_this()](result<std::int64_t> now) {
                                 if (now) {
                                   self->units_then = self->database.statistics().written_units;
                                   const result<void> kept = write_file(self->file, *now);
                                   if (!kept) {
                                     log_error(log_level::error, "generation not kept",
                                               kept.error());
                                   }
                                 }
                                 self->later();
                               });
}

generation_keeper::generation_keeper(store& database, event_loop& loop, std::string file)
    : core_(std::make_shared<core>(database, loop, std::move(file))) {}

generation_keeper::~generation_keeper() { stop(); }

void generation_keeper::start() {
  core_->loop.post([core = core_] {
    core->units_then = core->database.statistics().written_units;
    core->later();
  });
}

void generation_keeper::stop() noexcept { core_->stopped = true; }

}  // namespace dialplane
