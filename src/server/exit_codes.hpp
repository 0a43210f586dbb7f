// How a command ends that has no error of the API to tell by.
#pragma once

namespace dialplane {

inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;  // the command line was not understood

}  // namespace dialplane
