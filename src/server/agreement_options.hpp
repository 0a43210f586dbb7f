// The options about agreeing with carriers and about rentals: rows of the option table in a file of
// their own.
#pragma once

#include <span>

#include "server/option_table.hpp"
#include "server/settings.hpp"

namespace dialplane {

std::span<const option_row> agreement_option_rows() noexcept;

}  // namespace dialplane
