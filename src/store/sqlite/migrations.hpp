// The schema's history: numbered SQL files, run forward only, each in a transaction of its own
// together with its line in the table `migrations`.
#pragma once

#include <span>
#include <string_view>

#include "base/error.hpp"
#include "base/sqlite.hpp"

namespace dialplane::sqlite {

struct migration {
  int version;  // from 1, without gaps
  std::string_view name;
  std::string_view sql;
};

// src/store/migrations/sqlite/*.sql as they were when the program was built, by version.
std::span<const migration> embedded_migrations() noexcept;

// Brings the database up to the last of `known`. refused (not_configured, nothing changed): it is
// of a later version than this program knows, or a file of some other program.
result<void> migrate(database& on, std::span<const migration> known);

}  // namespace dialplane::sqlite
