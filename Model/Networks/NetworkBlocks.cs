namespace EmotionMLNet.Networks;

/// <summary>
/// Divides a network into the blocks in which fine-tuning freezes and releases it: one a resolution, as papers count stages, and the
/// vector part at the end, the head. Found in the graph itself, so that it holds for networks of any origin and naming.
/// </summary>
internal static class NetworkBlocks
{
    /// <returns>The block of each node, from 0 at the input.</returns>
    public static int[] Find(Network network)
    {
        int count = network.Nodes.Count;
        var blocks = new int[count];
        int block = 0, begin = 0, plane = 0, furthest = 0, input = network.LastReader(Network.Input);
        for (int i = 0; i < count; i++)
        {
            // Everything behind depends on this node's output alone when nothing before it is read behind it.
            if (furthest <= i && i >= input)
            {
                int here = network.ShapeOf(i).Plane;
                if (plane != 0 && here != plane) block++;
                plane = here;
                blocks.AsSpan(begin..(i + 1)).Fill(block);
                begin = i + 1;
            }
            furthest = Math.Max(furthest, network.LastReader(i));
        }
        return blocks;
    }
}
