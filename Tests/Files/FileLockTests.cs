using EmotionMLNet.Files;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Files;

public sealed class FileLockTests
{
    [Fact]
    public void A_second_one_is_refused_at_once_and_names_what_is_guarded()
    {
        using var folder = new TemporaryFolder();
        using (FileLock.Acquire(folder[".lock"], "runs/mine"))
        {
            var refused = Assert.Throws<FileLockedException>(() => FileLock.Acquire(folder[".lock"], "runs/mine"));
            Assert.StartsWith("runs/mine: another process is writing there", refused.Message);
        }
        FileLock.Acquire(folder[".lock"], "runs/mine").Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullName));
    }

    [Fact]
    public void A_lock_file_that_a_killed_process_left_holds_nobody_up()
    {
        using var folder = new TemporaryFolder();
        EmotionMLNet.Files.AtomicFile.WriteText(folder[".lock"], "");
        FileLock.Acquire(folder[".lock"], "x").Dispose();
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_one_holds_it()
    {
        using var folder = new TemporaryFolder();
        int holders = 0, held = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                try
                {
                    using FileLock mine = FileLock.Acquire(folder[".lock"], "x");
                    Assert.Equal(1, Interlocked.Increment(ref holders));
                    Interlocked.Increment(ref held);
                    Interlocked.Decrement(ref holders);
                }
                catch (FileLockedException)
                {
                    Thread.Yield();
                }
            }
        })));
        Assert.True(held > 0);
    }
}
