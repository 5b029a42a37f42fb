using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;

namespace EmotionMLNet.Web.Models;

/// <summary>
/// Takes over models while the server runs: a file that is moved into a folder at once, and all that changed on SIGHUP. A file that is
/// written where it lies is looked at only where its name is not served, for half of a file may look like a whole one.
/// </summary>
internal sealed class ModelWatch(ModelStore store) : BackgroundService
{
    private const string All = "";

    // Of several events of one file, the last counts.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    private readonly Channel<string> changes = Channel.CreateUnbounded<string>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PosixSignalRegistration? signal = OperatingSystem.IsWindows()
            ? null
            : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                changes.Writer.TryWrite(All);
            });
        FileSystemWatcher[] watchers = [.. store.WatchedFolders.Where(Directory.Exists).Select(Watch)];
        changes.Writer.TryWrite(All); // what came between the first reading and the watch
        try
        {
            while (await changes.Reader.WaitToReadAsync(stoppingToken))
            {
                await Task.Delay(Quiet, stoppingToken);
                var names = new HashSet<string>();
                while (changes.Reader.TryRead(out string? name)) names.Add(name);
                await Task.Run(() => Reload(names), stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // the server ends
        }
        finally
        {
            foreach (FileSystemWatcher watcher in watchers) watcher.Dispose();
        }
    }

    private void Reload(HashSet<string> names)
    {
        if (names.Contains(All)) store.ReloadAll();
        else
            foreach (string name in names) store.Reload(name);
    }

    private FileSystemWatcher Watch(string folder)
    {
        var watcher = new FileSystemWatcher(folder, "*.zip") { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
        watcher.Renamed += (_, e) => Changed(e.Name);
        watcher.Created += (_, e) => Changed(e.Name); // moved from another folder, too
        watcher.Deleted += (_, e) => Changed(e.Name); // its failure goes with it
        watcher.Changed += (_, e) =>
        {
            if (Name(e.Name) is { } name && store.IsWanted(name)) changes.Writer.TryWrite(name);
        };
        watcher.Error += (_, _) => changes.Writer.TryWrite(All); // events were lost
        watcher.EnableRaisingEvents = true;
        return watcher;
    }

    private void Changed(string? file)
    {
        if (Name(file) is { } name) changes.Writer.TryWrite(name);
    }

    private static string? Name(string? file)
        => file is not null && Path.GetFileNameWithoutExtension(file) is { Length: > 0 } name && name[0] != '.' ? name : null;
}
