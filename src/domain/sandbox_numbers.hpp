// Which numbers belong to the built-in sandbox carrier: +1, any area code, exchange 555.
//
// The numbering plan gives 555 lines to nobody one could call, so they are the sandbox's address
// space. No adapter of a real carrier may buy, sell, text or call such a number: each asks here.
#pragma once

#include "domain/e164.hpp"

namespace dialplane {

bool is_sandbox_number(const e164& number) noexcept;

}  // namespace dialplane
