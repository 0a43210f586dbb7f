// CHECK: for mistakes of the programmer, on in every build.
//
// A failed CHECK prints the condition and its place on standard error and ends the process; the
// work in progress resumes at the next start, because every step is durable before it acts.
// It is never used for input, carriers, disks or anything else from outside: those are errors.
//
// Headers use the long name: in a test file CHECK is the test framework's.
#pragma once

namespace dialplane {

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace dialplane

#define DIALPLANE_CHECK(condition)                                               \
  do {                                                                           \
    if (!(condition)) ::dialplane::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)

#ifndef DOCTEST_LIBRARY_INCLUDED
#define CHECK(condition) DIALPLANE_CHECK(condition)
#endif
